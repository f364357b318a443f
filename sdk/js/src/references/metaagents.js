import { get, post, put, remove } from "../core/operations.js";

export const METAAGENTS = {
  agents: {
    list: get("/api/v1/agents", { items: "data", camel: true }),
    create: post("/api/v1/agents", { once: true }),
    get: get("/api/v1/agents/{agentId}"),
    update: put("/api/v1/agents/{agentId}"),
    delete: remove("/api/v1/agents/{agentId}"),
    listVersions: get("/api/v1/agents/{agentId}/versions", { items: "data", camel: true }),
    getVersion: get("/api/v1/agents/{agentId}/versions/{number}"),
    execute: post("/api/v1/agents/{agentId}/execute", { once: true }),
  },
  workflows: {
    list: get("/api/v1/workflows", { items: "data", camel: true }),
    create: post("/api/v1/workflows", { once: true }),
    get: get("/api/v1/workflows/{workflowId}"),
    update: put("/api/v1/workflows/{workflowId}"),
    delete: remove("/api/v1/workflows/{workflowId}"),
    execute: post("/api/v1/workflows/{workflowId}/execute", { once: true }),
    listVersions: get("/api/v1/workflows/{workflowId}/versions", { items: "data", camel: true }),
    getVersion: get("/api/v1/workflows/{workflowId}/versions/{revision}"),
  },
  executions: {
    list: get("/api/v1/executions", { items: "data", camel: true }),
    get: get("/api/v1/executions/{executionId}"),
    getStatus: get("/api/v1/executions/{executionId}/status"),
    cancel: post("/api/v1/executions/{executionId}/cancel"),
    runAgain: post("/api/v1/executions/{executionId}/rerun", { once: true }),
    getStep: get("/api/v1/executions/{executionId}/steps/{stepId}"),
    approve: post("/api/v1/executions/{executionId}/steps/{stepId}/approve"),
    reject: post("/api/v1/executions/{executionId}/steps/{stepId}/reject"),
    getLogs: get("/api/v1/executions/{executionId}/logs", { items: "logs" }),
  },
  tools: {
    list: get("/api/v1/tools"),
    create: post("/api/v1/tools", { once: true }),
    get: get("/api/v1/tools/{toolId}"),
    change: put("/api/v1/tools/{toolId}"),
    remove: remove("/api/v1/tools/{toolId}"),
    refreshServer: post("/api/v1/tools/{toolId}/refresh"),
    execute: post("/api/v1/tools/{toolId}/execute"),
  },
};
