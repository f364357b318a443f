import { TimeoutError } from "./errors.js";
import { sleep } from "./retrying.js";

const FIRST_MS = 500;
const LONGEST_MS = 5_000;

/**
 * Ask until it is done, more and more slowly, and return the last answer.
 * @template T
 * @param {() => Promise<T>} ask
 * @param {(answer: T) => boolean} isDone
 * @param {{interval?: number, timeout?: number, onProgress?: (answer: T) => void, signal?: AbortSignal}} [options]
 *   times in milliseconds; without a timeout it is asked for as long as it takes
 */
export async function poll(ask, isDone, { interval = FIRST_MS, timeout, onProgress, signal } = {}) {
  const deadline = timeout === undefined ? Infinity : Date.now() + timeout;
  for (let wait = interval; ; wait = Math.min(wait * 1.5, Math.max(LONGEST_MS, interval))) {
    const answer = await ask();
    onProgress?.(answer);
    if (isDone(answer)) return answer;
    if (Date.now() + wait > deadline) throw new TimeoutError(`it was not done within ${timeout} ms`);
    await sleep(wait, signal);
  }
}
