import { get, post, remove } from "../core/operations.js";
import { webhooks } from "./metaqore.js";

export const AISEMBLE = {
  auth: {
    logIn: post("/api/v2/auth/login"),
    refresh: post("/api/v2/auth/refresh"),
    logOut: post("/api/v2/auth/logout"),
  },
  llm: {
    generate: post("/api/v2/ai/llm/generate"),
    chat: post("/api/v2/ai/llm/chat"),
    models: get("/api/v2/ai/llm/models"),
  },
  vision: {
    analyze: post("/api/v2/ai/vision/analyze", { once: true, form: true }),
    classify: post("/api/v2/ai/vision/classify", { once: true, form: true }),
  },
  nlp: {
    analyze: post("/api/v2/ai/nlp/analyze", { once: true }),
    summarize: post("/api/v2/ai/nlp/summarize", { once: true }),
  },
  jobs: {
    create: post("/api/v2/jobs", { once: true }),
    list: get("/api/v2/jobs", { items: "jobs" }),
    get: get("/api/v2/jobs/{job_id}"),
    getResults: get("/api/v2/jobs/{job_id}/results"),
    cancel: remove("/api/v2/jobs/{job_id}"),
    retry: post("/api/v2/jobs/{job_id}/retry", { once: true }),
    createRecurring: post("/api/v2/jobs/recurring", { once: true }),
    listDeadLetters: get("/api/v2/jobs/dead-letters"),
    redrive: post("/api/v2/jobs/dead-letters/redrive"),
    listRecurring: get("/api/v2/jobs/recurring", { items: "recurring_jobs" }),
    getRecurring: get("/api/v2/jobs/recurring/{recurrence_id}"),
    deleteRecurring: remove("/api/v2/jobs/recurring/{recurrence_id}"),
    pauseRecurring: post("/api/v2/jobs/recurring/{recurrence_id}/pause"),
    resumeRecurring: post("/api/v2/jobs/recurring/{recurrence_id}/resume"),
  },
  models: {
    list: get("/api/v2/models"),
    register: post("/api/v2/models", { once: true }),
    get: get("/api/v2/models/{model_id}"),
    delete: remove("/api/v2/models/{model_id}"),
    upload: post("/api/v2/models/{model_id}/upload"),
    load: post("/api/v2/models/{model_id}/load", { once: true }),
    unload: post("/api/v2/models/{model_id}/unload", { once: true }),
    performance: get("/api/v2/models/{model_id}/performance"),
  },
  ops: {
    status: get("/api/v2/ops/status"),
    metrics: get("/api/v2/metrics"),
    readLogs: get("/api/v2/ops/logs", { items: "logs" }),
    start: post("/api/v2/ops/services/{service}/start"),
    stop: post("/api/v2/ops/services/{service}/stop"),
  },
  webhooks: webhooks("/api/v2/webhooks"),
  system: {
    healthOfServices: get("/api/v2/health"),
    comprehensiveHealth: get("/api/v2/health/comprehensive"),
  },
};
