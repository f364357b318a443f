import { get, post, put, remove } from "../core/operations.js";

export const CAIO = {
  services: {
    register: post("/api/services/register", { once: true }),
    list: get("/api/services", { items: "services" }),
    get: get("/api/services/{service_id}"),
    change: put("/api/services/{service_id}"),
    remove: remove("/api/services/{service_id}"),
    sendHeartbeat: post("/api/services/{service_id}/heartbeat"),
    reportObservation: post("/api/services/{service_id}/observations"),
    getSchema: get("/api/services/schema"),
  },
  credentials: {
    list: get("/api/credentials", { items: "credentials" }),
    put: put("/api/credentials/{name}"),
    remove: remove("/api/credentials/{name}"),
  },
  routing: {
    discover: post("/api/discover"),
    route: post("/api/route", { once: true }),
  },
  traces: {
    list: get("/api/traces", { items: "traces" }),
    get: get("/api/traces/{trace_id}"),
    verify: post("/api/traces/{trace_id}/verify"),
    invokeDecision: post("/api/traces/{trace_id}/invoke", { once: true }),
  },
  configurations: {
    create: post("/configurations", { once: true }),
    list: get("/configurations", { items: "configurations" }),
    get: get("/configurations/{config_id}"),
    update: put("/configurations/{config_id}", { once: true }),
    delete: remove("/configurations/{config_id}"),
    validate: post("/configurations/validate"),
    getSchemas: get("/configurations/schemas"),
    getAudit: get("/configurations/audit", { items: "audit" }),
    getHistory: get("/configurations/{config_id}/history", { items: "versions" }),
    export: get("/configurations/export"),
    importSnapshot: post("/configurations/import", { once: true }),
    rollBack: post("/configurations/{config_id}/rollback/{version}", { once: true }),
    approve: post("/configurations/{config_id}/versions/{version}/approve"),
    reject: post("/configurations/{config_id}/versions/{version}/reject"),
    moveRollout: post("/configurations/{config_id}/rollout"),
  },
  system: {
    health: get("/health"),
    version: get("/api/v1/version"),
    update: post("/api/v1/update"),
    restart: post("/api/v1/restart"),
  },
};
