import { get, post, put, remove } from "../core/operations.js";

/** What no reference has: identity, datasets, tokens, the Model Context Protocol. */
export const OWN = {
  keys: {
    create: post("/api/v1/keys", { once: true }),
    list: get("/api/v1/keys", { items: "items" }),
    get: get("/api/v1/keys/{id}"),
    rotate: post("/api/v1/keys/{id}/rotate", { once: true }),
    revoke: remove("/api/v1/keys/{id}"),
  },
  users: {
    create: post("/api/v1/users", { once: true }),
    list: get("/api/v1/users", { items: "items" }),
    get: get("/api/v1/users/{username}"),
    update: put("/api/v1/users/{username}"),
    deactivate: remove("/api/v1/users/{username}"),
  },
  clients: {
    create: post("/api/v1/clients", { once: true }),
    list: get("/api/v1/clients", { items: "items" }),
    get: get("/api/v1/clients/{id}"),
    revoke: remove("/api/v1/clients/{id}"),
  },
  datasets: {
    create: post("/api/v1/datasets", { once: true }),
    list: get("/api/v1/datasets", { items: "datasets" }),
    get: get("/api/v1/datasets/{id}"),
    delete: remove("/api/v1/datasets/{id}"),
  },
  oauth: {
    token: post("/oauth2/v2.0/token", { form: "urlencoded" }),
    publicKeys: get("/.well-known/jwks.json"),
  },
  mcp: {
    receive: post("/mcp", { literal: true }),
  },
};

export const OPENAI = {
  v1: {
    chatCompletions: post("/v1/chat/completions", { streams: true }),
    embeddings: post("/v1/embeddings"),
    models: get("/v1/models"),
    modelOf: get("/v1/models/{model+}"),
  },
};
