import { get, post, put, remove } from "../core/operations.js";

export const METAFORGE = {
  sessions: {
    create: post("/api/v1/session/create", { once: true }),
    list: get("/api/v1/sessions", { items: "sessions" }),
    get: get("/api/v1/session/{id}"),
    delete: remove("/api/v1/session/{id}"),
    getArtifact: get("/api/v1/session/{id}/artifacts/{path+}", { binary: true }),
  },
  agent: {
    run: post("/api/v1/agent/run", { once: true }),
    getStatus: get("/api/v1/agent/{id}/status"),
  },
  approvals: {
    list: get("/api/v1/pending", { items: "pending" }),
    approve: post("/api/v1/approve/{id}", { once: true }),
    reject: post("/api/v1/reject/{id}", { once: true }),
    revise: post("/api/v1/revise/{id}", { once: true }),
  },
  workspace: {
    list: get("/api/v1/workspace", { items: "files" }),
    get: get("/api/v1/workspace/{path+}", { binary: true }),
    put: put("/api/v1/workspace/{path+}", { raw: true }),
    delete: remove("/api/v1/workspace/{path+}"),
  },
  skills: {
    list: get("/api/v1/skills"),
    create: post("/api/v1/skills", { once: true }),
    get: get("/api/v1/skills/{name}"),
    update: put("/api/v1/skills/{name}"),
    delete: remove("/api/v1/skills/{name}"),
  },
  events: {
    makeTicket: post("/api/v1/ws/ticket"),
    stream: get("/api/v1/sessions/{id}/events", { events: true }),
  },
  system: {
    status: get("/api/v1/status"),
  },
};
