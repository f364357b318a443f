import { PentarchError } from "./core/errors.js";
import { webSocketEvents } from "./core/live.js";
import { group } from "./core/operations.js";
import { poll } from "./core/polling.js";
import { Transport, environment } from "./core/transport.js";
import { AISEMBLE } from "./references/aisemble.js";
import { CAIO } from "./references/caio.js";
import { METAAGENTS } from "./references/metaagents.js";
import { METAFORGE } from "./references/metaforge.js";
import { METAQORE } from "./references/metaqore.js";
import { OPENAI, OWN } from "./references/pentarch.js";
import { Session } from "./session.js";

const ENDED_TRAINING = new Set(["completed", "failed", "cancelled"]);
const ENDED_DEPLOYMENT = new Set(["completed", "failed", "rolled_back"]);
const ENDED_JOB = new Set(["completed", "failed", "cancelled"]);

/** A client whose groups are those of one reference. */
class Client {
  constructor(reference, options, prefix = "") {
    const given = typeof options === "string" ? { baseUrl: options } : options;
    const baseUrl = given?.baseUrl?.replace(/\/+$/, "");
    this.transport = given?.transport ?? new Transport({ ...given, baseUrl: withoutPrefix(baseUrl, prefix) });
    for (const [name, operations] of Object.entries(reference)) this[name] = group(this.transport, operations);
  }
}

/** MetaQore: model gateway, specialist foundry, compliance auditor, AI DevOps. */
export class MetaQore extends Client {
  constructor(options) {
    super(METAQORE, options, "/api/v1");
    const { specialists, infrastructure } = this;
    specialists.create = specialists.propose;
    specialists.waitForTraining = (id, jobId, wait) =>
      poll(() => specialists.getTraining(id, jobId, undefined, { signal: wait?.signal }), (job) => ENDED_TRAINING.has(job.status), wait);
    infrastructure.waitForDeployment = (id, wait) =>
      poll(() => infrastructure.getDeployment(id, undefined, { signal: wait?.signal }), (found) => ENDED_DEPLOYMENT.has(found.status), wait);
  }
}

/** MetaForge: sessions of agents that propose changes of files, and their approval. */
export class MetaForgeClient extends Client {
  #live;

  constructor(options, more) {
    const given = typeof options === "string" ? { ...more, baseUrl: options } : options;
    super(METAFORGE, given, "/api/v1");
    this.#live = { url: given?.webSocketUrl ?? environment("PENTARCH_WEBSOCKET_URL"), WebSocket: given?.WebSocket ?? globalThis.WebSocket };
  }

  /** Run a skill, and return the session at once; `input` is `{ files, args }`. */
  async runSkill(skill, input = {}, options) {
    const { temperature, verbose, ...request } = options ?? {};
    const chosen = Object.fromEntries(Object.entries({ temperature, verbose }).filter(([, value]) => value !== undefined));
    return new Session(this, await this.agent.run({ skill, input, ...(Object.keys(chosen).length && { options: chosen }) }, request));
  }

  /** A session that is there already. */
  async session(id, options) {
    return new Session(this, { session_id: id }).refresh(options);
  }

  /**
   * Events of all sessions, or of those that are named, over a WebSocket; after a break it goes on where it was. Without a
   * WebSocket class (Node before 22 has none) one session can be followed by Server-Sent Events.
   */
  liveEvents({ sessions, ...options } = {}) {
    const { url = this.transport.baseUrl.replace(/^http/, "ws") + "/ws", WebSocket } = this.#live;
    if (WebSocket === undefined) {
      if (sessions?.length === 1) return this.events.stream(sessions[0], { last: options.last }, { signal: options.signal });
      throw new PentarchError("there is no WebSocket here: give the client a WebSocket class, or follow one session");
    }
    const ticket = async () => (await this.events.makeTicket({}, { signal: options.signal })).ticket;
    return webSocketEvents({ url, ticket, WebSocket, sessions, ...options });
  }
}

/** Meta-Agents: agents, workflows, executions, tools. */
export class MetaAgents extends Client {
  constructor(options) {
    super(METAAGENTS, options);
    const { executions } = this;
    executions.waitFor = (id, wait) =>
      poll(() => executions.getStatus(id, undefined, { signal: wait?.signal }), ({ status }) => ENDED_JOB.has(status), wait);
  }
}

/** CAIO: a registry of services, routing with proof, configurations. */
export class Caio extends Client {
  constructor(options) {
    super(CAIO, options);
  }
}

/** Ai-semble: language models, jobs, models, operations. */
export class AiSembleClient extends Client {
  constructor(options) {
    super(AISEMBLE, options, "/api/v2");
    const { jobs } = this;
    jobs.waitFor = (id, wait) =>
      poll(() => jobs.get(id, undefined, { signal: wait?.signal }), ({ status }) => ENDED_JOB.has(status), wait);
  }
}

/** All of it, with one address and one credential. */
export class Pentarch {
  constructor(options) {
    const transport = new Transport(typeof options === "string" ? { baseUrl: options } : options);
    const shared = { ...(typeof options === "object" ? options : {}), transport };
    this.transport = transport;
    this.metaqore = new MetaQore(shared);
    this.metaforge = new MetaForgeClient(shared);
    this.metaagents = new MetaAgents(shared);
    this.caio = new Caio(shared);
    this.aisemble = new AiSembleClient(shared);
    this.openai = new Client(OPENAI, shared);
    this.pentarch = new Client(OWN, shared);
  }
}

/** The references give their base URLs with their prefix; every path here has it already. */
function withoutPrefix(baseUrl, prefix) {
  return prefix && baseUrl?.endsWith(prefix) ? baseUrl.slice(0, -prefix.length) : baseUrl;
}
