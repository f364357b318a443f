import { poll } from "./core/polling.js";

const RUNNING = new Set(["created", "queued", "running"]);

/** A session that runs a skill: its `status` and `artifacts` are as they were last seen. */
export class Session {
  #client;

  constructor(client, told) {
    this.#client = client;
    this.#see(told);
  }

  #see(told) {
    this.id = told.session_id ?? told.id ?? this.id;
    this.status = told.status;
    this.agent = told.agent ?? this.agent;
    this.artifacts = told.artifacts ?? this.artifacts ?? [];
    this.error = told.error;
    return this;
  }

  async refresh(options) {
    return this.#see(await this.#client.agent.getStatus(this.id, undefined, options));
  }

  /** Wait until the run has ended: it waits for approval then, is completed, or has failed. */
  async waitForCompletion(options) {
    await poll(() => this.refresh({ signal: options?.signal }), (session) => !RUNNING.has(session.status), options);
    return this;
  }

  /** Its events, from its beginning to the end of the run. */
  async *events(options) {
    for await (const event of this.#client.events.stream(this.id, {}, options)) {
      yield event;
      if (event.event === "session.complete") return;
    }
  }

  /** What it proposes, as bytes; with `{ diff: true }` the difference against the workspace. */
  artifact(path, query, options) {
    return this.#client.sessions.getArtifact(this.id, path, query, options);
  }

  async approve(decision, options) {
    await this.#client.approvals.approve(this.id, decision, options);
    return this.refresh();
  }

  async reject(reason, options) {
    await this.#client.approvals.reject(this.id, { reason }, options);
    return this.refresh();
  }

  /** Have it done again, with what is asked for. */
  async revise(instructions, options) {
    await this.#client.approvals.revise(this.id, { instructions }, options);
    return this.refresh();
  }
}
