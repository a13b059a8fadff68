import { describe, expect, it } from 'vitest';
import type { Places } from '../../../src/hooks/node/places.js';
import { SdkHook } from '../../../src/hooks/node/sdk.js';
import type { Telemetry } from '../../../src/hooks/node/telemetry.js';

function patch(exports: object): string[] {
  const failures: string[] = [];
  const tell = (what: string): void => void failures.push(what);
  new SdkHook({} as Telemetry, {} as Places, () => {}, tell).patch(exports);
  return failures;
}

describe('an SDK', () => {
  it('that handles requests in another way is told of', () => {
    class Server {
      setRequestHandler(): void {}
      handle(): void {}
    }
    expect(patch({ Server })).toEqual([
      'this version of the SDK handles requests in a way that is not known',
    ]);
  });

  it('as it is gives nothing to tell of, also twice', () => {
    class Protocol {
      _onrequest(): void {}
      setRequestHandler(): void {}
    }
    class Server extends Protocol {}
    expect(patch({ Server })).toEqual([]);
    expect(patch({ Server })).toEqual([]);
  });
});
