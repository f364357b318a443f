import type { Json, LiveEvent, Method, Options } from "./method.js";
import type {
  AisembleGroups,
  CaioGroups,
  MetaagentsGroups,
  MetaforgeGroups,
  MetaqoreGroups,
  OpenaiGroups,
  PentarchGroups,
} from "./operations.js";

export * from "./method.js";
export * from "./webhooks.js";

export interface ClientOptions {
  /** Where the stack answers; otherwise PENTARCH_URL. */
  baseUrl?: string;
  /** Otherwise PENTARCH_API_KEY. */
  apiKey?: string;
  /** An access token, or what gives one for each request; otherwise PENTARCH_TOKEN. */
  token?: string | (() => string | Promise<string>);
  headers?: Record<string, string>;
  fetch?: typeof fetch;
  /** Milliseconds until an answer has begun: 60 000. */
  timeout?: number;
  /** How often a request is sent again where that is safe: 2. */
  retries?: number;
}

export interface Wait {
  /** Milliseconds between the first two questions; later ones come further apart. */
  interval?: number;
  /** Milliseconds; without one it is waited for as long as it takes. */
  timeout?: number;
  onProgress?: (answer: Json) => void;
  signal?: AbortSignal;
}

export class MetaQore {
  constructor(options?: ClientOptions | string);
}
export interface MetaQore extends Omit<MetaqoreGroups, "specialists" | "infrastructure"> {
  specialists: MetaqoreGroups["specialists"] & {
    create: MetaqoreGroups["specialists"]["propose"];
    /** Until a training has ended. */
    waitForTraining(id: string, jobId: string, wait?: Wait): Promise<Json>;
  };
  infrastructure: MetaqoreGroups["infrastructure"] & {
    /** Until a deployment has ended. */
    waitForDeployment(id: string, wait?: Wait): Promise<Json>;
  };
}

export interface MetaForgeOptions extends ClientOptions {
  /** Otherwise PENTARCH_WEBSOCKET_URL, or `/ws` below the base URL. */
  webSocketUrl?: string;
  /** Where there is no global one: Node before 22. */
  WebSocket?: typeof WebSocket;
}

export interface LiveOptions {
  sessions?: string[];
  types?: string[];
  /** The `seq` of the last event that was seen: what came after it is told. */
  last?: number;
  signal?: AbortSignal;
  onReconnect?: (last?: number) => void;
}

export class MetaForgeClient {
  constructor(options?: MetaForgeOptions | string, more?: MetaForgeOptions);
  /** Run a skill, and return the session at once. */
  runSkill(skill: string, input?: { files?: string[]; args?: Record<string, unknown> }, options?: RunOptions): Promise<Session>;
  /** A session that is there already. */
  session(id: string, options?: Options): Promise<Session>;
  liveEvents(options?: LiveOptions): AsyncIterable<LiveEvent>;
}
export interface MetaForgeClient extends MetaforgeGroups {}

export interface RunOptions extends Options {
  temperature?: number;
  verbose?: boolean;
}

export class Session {
  readonly id: string;
  readonly status: string;
  readonly agent?: string;
  readonly artifacts: Json[];
  readonly error?: Json;
  refresh(options?: Options): Promise<Session>;
  waitForCompletion(wait?: Wait): Promise<Session>;
  events(options?: Options): AsyncIterable<LiveEvent>;
  artifact(path: string, query?: { diff?: boolean }, options?: Options): Promise<Uint8Array>;
  approve(decision?: { comment?: string }, options?: Options): Promise<Session>;
  reject(reason: string, options?: Options): Promise<Session>;
  revise(instructions: string, options?: Options): Promise<Session>;
}

export class MetaAgents {
  constructor(options?: ClientOptions | string);
}
export interface MetaAgents extends Omit<MetaagentsGroups, "executions"> {
  executions: MetaagentsGroups["executions"] & { waitFor(id: string, wait?: Wait): Promise<Json> };
}

export class Caio {
  constructor(options?: ClientOptions | string);
}
export interface Caio extends CaioGroups {}

export class AiSembleClient {
  constructor(options?: ClientOptions | string);
}
export interface AiSembleClient extends Omit<AisembleGroups, "jobs"> {
  jobs: AisembleGroups["jobs"] & { waitFor(id: string, wait?: Wait): Promise<Json> };
}

/** All references, with one address and one credential. */
export class Pentarch {
  constructor(options?: MetaForgeOptions | string);
  metaqore: MetaQore;
  metaforge: MetaForgeClient;
  metaagents: MetaAgents;
  caio: Caio;
  aisemble: AiSembleClient;
  openai: OpenaiGroups;
  pentarch: PentarchGroups;
}

/** Ask until it is done. */
export function poll<T>(ask: () => Promise<T>, isDone: (answer: T) => boolean, wait?: Wait): Promise<T>;

export class PentarchError extends Error {}
export class ConnectionError extends PentarchError {}
export class TimeoutError extends PentarchError {}
export class ApiError extends PentarchError {
  readonly status: number;
  readonly code?: string;
  readonly details: Record<string, unknown>;
  /** Finds the request in the logs and in the audit trail. */
  readonly requestId?: string;
  /** Seconds after which the same request may succeed. */
  readonly retryAfter?: number;
  readonly body: unknown;
}
export class ValidationError extends ApiError {}
export class AuthenticationError extends ApiError {}
export class QuotaExceededError extends ApiError {}
export class PermissionDeniedError extends ApiError {}
export class NotFoundError extends ApiError {}
export class ConflictError extends ApiError {}
export class RateLimitError extends ApiError {}
export class ServerError extends ApiError {}

export type { Method };
