import {
  Metadata,
  ServerInterceptingCall,
  type ServerInterceptor,
  ServerListenerBuilder,
  status,
} from '@grpc/grpc-js';
import { failure } from './answers.js';

export interface Guard {
  /** Whether the value of the metadata `authorization` lets a sender in. */
  readonly admits: (authorization: string | undefined) => boolean;
  /** Whether so much waits to be stored that senders must come again later. */
  readonly isFull: () => boolean;
}

const retryAfterSeconds = 1;
/** A message that has not arrived by then is given up; OTLP/HTTP allows as much. */
const maxArrivalMs = 30_000;

/** Refuses calls by their metadata, before their message is taken in, and slow messages later. */
export function guardCalls({ admits, isFull }: Guard): ServerInterceptor {
  return (_, call) => {
    let timer: NodeJS.Timeout | undefined;
    const refuse = (code: status, message: string, retrySeconds?: number): void => {
      const { metadata = new Metadata() } = failure(code, message, retrySeconds);
      call.sendStatus({ code, details: message, metadata });
    };
    const listener = new ServerListenerBuilder()
      .withOnReceiveMetadata((metadata, next) => {
        if (!admits(metadata.get('authorization')[0]?.toString())) {
          refuse(status.UNAUTHENTICATED, 'the token is missing or wrong');
        } else if (isFull()) {
          refuse(status.RESOURCE_EXHAUSTED, 'too much waits to be stored', retryAfterSeconds);
        } else {
          timer = setTimeout(() => {
            refuse(status.DEADLINE_EXCEEDED, 'the message did not arrive');
          }, maxArrivalMs);
          timer.unref();
          next(metadata);
        }
      })
      .withOnReceiveMessage((message, next) => {
        clearTimeout(timer);
        next(message);
      })
      .withOnCancel(() => clearTimeout(timer))
      .build();
    return new ServerInterceptingCall(call, { start: (next) => next(listener) });
  };
}
