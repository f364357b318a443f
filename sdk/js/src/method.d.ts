/** JSON of any shape: what a caller decides, or a document of another standard. Give a method a type of your own for it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Json = any;

/** For one request. */
export interface Options {
  signal?: AbortSignal;
  /** Milliseconds until the answer has begun. */
  timeout?: number;
  /** How often it is sent again where that is safe. */
  retries?: number;
  headers?: Record<string, string>;
  /** One is made for operations that take one. */
  idempotencyKey?: string;
  /** What is sent beside a body. */
  query?: Record<string, unknown>;
  /** Milliseconds to wait for a file that is still being made: 120 000. */
  wait?: number;
  /** Answer with status and headers too. */
  raw?: boolean;
}

export interface Raw<T> {
  data: T;
  status: number;
  headers: Headers;
  requestId: string | null;
}

type CamelCase<Name> = Name extends `${infer First}_${infer Rest}` ? `${First}${Capitalize<CamelCase<Rest>>}` : Name;

/** The names as the API has them, or in camelCase. */
export type Input<T> = T | { [Name in keyof T as CamelCase<Name>]: T[Name] };

export interface Method<Ids extends unknown[], Given, Answer = Json> {
  <T = Answer>(...given: [...ids: Ids, given: Given | undefined, options: Options & { raw: true }]): Promise<Raw<T>>;
  <T = Answer>(...given: [...ids: Ids, given?: Given, options?: Options]): Promise<T>;
}

export interface List<Ids extends unknown[], Given, Answer = Json, Item = Json> extends Method<Ids, Given, Answer> {
  /** The items of all pages, fetched as they are needed. */
  each<T = Item>(...given: [...ids: Ids, given?: Given, options?: Options]): AsyncIterable<T>;
}

export interface Streaming<Ids extends unknown[], Given, Answer = Json> extends Method<Ids, Given, Answer> {
  /** The answer in pieces, as they are made. */
  stream<T = Json>(...given: [...ids: Ids, given?: Given, options?: Options]): AsyncIterable<T>;
}

export interface Feed<Ids extends unknown[], Given> {
  /** Events until the loop is left or the signal aborts. */
  (...given: [...ids: Ids, given?: Given, options?: Options]): AsyncIterable<LiveEvent>;
}

export interface LiveEvent<T = Json> {
  event: string;
  data: T;
  seq?: number;
  id?: string;
  timestamp?: string;
}
