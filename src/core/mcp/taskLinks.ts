/** Links requests about a task to the call that started it, which is over on the wire by then. */
import type { SpanRef } from '../trace/model.js';
import { BoundedMap } from './boundedMap.js';
import { own } from './conventions.js';
import { memberOf, stringMember } from './naming.js';
import type { OpenCall } from './openCall.js';

const maxRemembered = 1_000;

export class TaskLinks {
  private readonly origins = new BoundedMap<string, SpanRef>(maxRemembered);

  /** `params` are those of the request. */
  link(call: OpenCall, params: unknown): void {
    const task = call.method.startsWith('tasks/') ? stringMember(params, 'taskId') : null;
    if (task === null) return;
    call.attributes[own.taskId] = task;
    const origin = this.origins.get(task);
    if (origin) call.links.push({ ...origin, attributes: {} });
  }

  /** `answer` is the parsed response. */
  remember(call: OpenCall, answer: unknown): void {
    const result = memberOf(answer, 'result');
    const id = stringMember(memberOf(result, 'task'), 'taskId') ?? stringMember(result, 'taskId');
    if (id === null || call.method.startsWith('tasks/')) return;
    call.attributes[own.taskId] = id;
    this.origins.set(id, call.ref);
  }
}
