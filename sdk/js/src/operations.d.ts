// Made by `make openapi` from the OpenAPI document. What operations answer is in the document's examples.

import type { Feed, List, Method, Input, Streaming } from "./method.js";

export interface MetaqoreGroups {
  compliance: {
    /** Cancel an assessment that is worked on afterwards. */
    cancelCheck: Method<[id: string | number], undefined>;
    /** Take back that one wants an export: it is cancelled when nobody else does. */
    cancelExport: Method<[id: string | number], undefined>;
    /** Assess a framework on request only. */
    deleteSchedule: Method<[framework: string | number], undefined>;
    /** Export the audit trail, and a framework's latest assessment with it, as a file. */
    export: Method<[], Input<{ format: Form; schema?: Schema | null; start_date?: string | null; end_date?: string | null; framework?: "SOC2" | "GDPR" | "HIPAA" | "PCI-DSS" | null; agent?: string | null; action?: string | null; resource?: string | null; sensitivity?: string | null; actor?: string | null }>, Uint8Array>;
    /** An assessment: its state, and all that it found. */
    getCheck: Method<[id: string | number], undefined>;
    /** Proof that a tree is an earlier one with leaves appended. */
    getConsistency: Method<[], Input<{ from: number; to?: number | null }>>;
    /** One event. */
    getEvent: Method<[id: string | number], undefined>;
    /** An export that is made in the background: where it stands, and where it lies. */
    getExport: Method<[id: string | number], undefined>;
    /** Proof that an event is in the tree, and is what was sealed. */
    getProof: Method<[id: string | number], undefined>;
    /** The report of an assessment. */
    getReport: Method<[id: string | number], Input<{ format?: Form; link?: boolean }>, Uint8Array>;
    /** The report of an assessment, by the link that `report_url` is: its signature is the credential. */
    getReportByLink: Method<[id: string | number], Input<{ tenant: string; format: string; expires: number; series: number; issued_to: string; signature: string }>, Uint8Array>;
    /** The signed head of the tenant's tree, and whether every event is in it. */
    getRoot: Method<[], undefined>;
    /** A framework's schedule. */
    getSchedule: Method<[framework: string | number], undefined>;
    /** Where each framework stands, and when it is assessed again. */
    getStatus: Method<[], Input<{ framework?: "SOC2" | "GDPR" | "HIPAA" | "PCI-DSS" | null; organization?: string | null }>>;
    /** Assessments, newest first. */
    listChecks: List<[], Input<{ framework?: "SOC2" | "GDPR" | "HIPAA" | "PCI-DSS" | null; limit?: number; cursor?: string | null }>>;
    /** The audit trail, newest first, with an exact total. */
    listEvents: List<[], Input<{ start_date?: string | null; end_date?: string | null; agent?: string | null; action?: string | null; resource?: string | null; sensitivity?: string | null; actor?: string | null; limit?: number; offset?: number; cursor?: string | null }>>;
    /** The schedules of all frameworks. */
    listSchedules: Method<[], undefined>;
    /** Assess a framework by a rate, a cron expression or an interval from now on. */
    putSchedule: Method<[framework: string | number], Input<ScheduleRequest>>;
    /** Assess a framework; a large scope is answered at once and worked on afterwards. */
    runCheck: Method<[], Input<CheckRequest>>;
    /** Make an assessment's verdicts again from the evidence that is stored of it. */
    verifyCheck: Method<[id: string | number], undefined>;
    /** End every link to a report that was given out. */
    withdrawLinks: Method<[], undefined>;
  };
  infrastructure: {
    /** Roll out a version or a configuration of a service. */
    deploy: Method<[], Input<Deploy>>;
    /** How far a roll-out is, and what happened. */
    getDeployment: Method<[deployment_id: string | number], undefined>;
    /** How far a scaling operation is. */
    getOperation: Method<[operation_id: string | number], undefined>;
    /** How far a synchronisation is. */
    getSynchronisation: Method<[sync_id: string | number], undefined>;
    /** What runs: functions, containers, deployments, machines. */
    list: Method<[], Input<{ type?: Family | null; status?: infrastructure__inventory__model__State | null }>>;
    /** Roll-outs of services, specialists and configurations, the latest first. */
    listDeployments: List<[], Input<{ limit?: number; cursor?: string | null; kind?: pentarch__rollouts__model__Kind | null; service?: string | null; resource?: string | null; status?: pentarch__rollouts__model__Status | null }>>;
    /** Go back to the version before, or to a named one. */
    rollBack: Method<[deployment_id: string | number], Input<RollBack>>;
    /** Let more or fewer of a service run. */
    scale: Method<[], Input<Scale>>;
    /** Compare a desired state with what runs, and bring the stack to it. */
    synchronise: Method<[], Input<Synchronise>>;
  };
  llm: {
    /** Generate a response, at once or streamed. */
    generate: Streaming<[], Input<llm__metaqore__GenerateRequest>>;
    /** List the models that can be called. */
    models: Method<[], undefined>;
    /** What the tenant used, by day, model and credential. */
    used: Method<[], Input<{ start_date?: string | null; end_date?: string | null }>>;
  };
  specialists: {
    /** Archive a specialist: nothing of it answers any more, and all of it is kept. */
    archive: Method<[id: string | number], undefined>;
    /** Cancel a training. */
    cancel: Method<[id: string | number, job_id: string | number], undefined>;
    /** Deploy a version, once its probe holds. */
    deploy: Method<[id: string | number], Input<DeployRequest>>;
    /** A specialist, its trainings, and what real requests were measured at. */
    get: Method<[id: string | number], undefined>;
    /** A deployment, and how its probe went. */
    getDeployment: Method<[id: string | number, deployment_id: string | number], undefined>;
    /** How far a training is, and its loss by epoch. */
    getTraining: Method<[id: string | number, job_id: string | number], undefined>;
    /** List specialists, newest first. */
    list: List<[], Input<{ status?: specialists__lifecycle__Status | null; skill?: string | null; limit?: number; offset?: number }>>;
    /** What trainings made, newest first; each can be deployed and rolled back to. */
    listVersions: List<[id: string | number], Input<{ limit?: number; before?: number | null }>>;
    /** Let a training rest; what it has learned is kept. */
    pause: Method<[id: string | number, job_id: string | number], undefined>;
    /** Ask a deployed specialist. */
    predict: Method<[id: string | number], Input<PredictRequest>>;
    /** Propose a specialist. */
    propose: Method<[], Input<Proposal>>;
    /** Let a paused training go on. */
    resume: Method<[id: string | number, job_id: string | number], undefined>;
    /** Go back to an earlier version at once. */
    rollback: Method<[id: string | number], Input<RollbackRequest>>;
    /** Train a specialist. */
    train: Method<[id: string | number], Input<TrainRequest>>;
  };
  subjects: {
    /** How a request stands; of an answered one of access, where its document is. */
    get: Method<[id: string | number], undefined>;
    /** Requests, newest first. */
    list: List<[], Input<{ limit?: number; cursor?: string | null }>>;
    /** Ask for a copy of what is known of a person, or for its erasure. */
    request: Method<[], Input<SubjectRequest>>;
  };
  system: {
    /** MetaQore and MetaForge: health of the gateway. */
    healthOfGateway: Method<[], undefined>;
  };
  webhooks: {
    /** Change a webhook; what is left out stays. */
    change: Method<[webhook_id: string | number], Input<webhooks__schemas__Change>>;
    /** A webhook, and how its deliveries went. */
    get: Method<[webhook_id: string | number], undefined>;
    /** A delivery: what was sent, and each answer. */
    getDelivery: Method<[webhook_id: string | number, delivery_id: string | number], undefined>;
    /** List webhooks, the oldest first. */
    list: List<[], Input<{ limit?: number; offset?: number }>>;
    /** The delivery log, newest first. */
    listDeliveries: List<[webhook_id: string | number], Input<{ status?: Outcome | null; limit?: number; cursor?: string | null }>>;
    /** Send one again. */
    redeliver: Method<[webhook_id: string | number, delivery_id: string | number], undefined>;
    /** Send a span of time again: what failed, or all. */
    redeliverSpan: Method<[webhook_id: string | number], Input<Redelivery | null>>;
    /** Register a webhook; its secret is told this once. */
    register: Method<[], Input<webhooks__schemas__Registration>>;
    /** Remove a webhook; what is pending is not sent. */
    remove: Method<[webhook_id: string | number], undefined>;
    /** Give a new secret; the former signs beside it for a while. */
    rotate: Method<[webhook_id: string | number], Input<Rotation | null>>;
    /** Send a test event now, and see what the receiver answers. */
    test: Method<[webhook_id: string | number], undefined>;
  };
}

export interface MetaforgeGroups {
  agent: {
    /** How far a run is, and what it proposes. */
    getStatus: Method<[id: string | number], undefined>;
    /** Run a skill: of the session that is named or waits for just this, else of a new one. */
    run: Method<[], Input<RunRequest>>;
  };
  approvals: {
    /** Apply what a session proposes, all of it or none. */
    approve: Method<[id: string | number], Input<ApproveRequest | null>>;
    /** What waits for approval, newest first. */
    list: List<[], Input<{ limit?: number; cursor?: string | null }>>;
    /** Turn down what a session proposes. */
    reject: Method<[id: string | number], Input<RejectRequest>>;
    /** Let the agent do it again, with what is asked for here. */
    revise: Method<[id: string | number], Input<ReviseRequest>>;
  };
  events: {
    /** A ticket to connect with, for clients that cannot set a header. */
    makeTicket: Method<[], undefined>;
    /** A session's events, as Server-Sent Events. */
    stream: Feed<[id: string | number], Input<{ last?: number | null }>>;
  };
  sessions: {
    /** A session, to be run later. */
    create: Method<[], Input<CreateRequest>>;
    /** Delete a session and what it proposed; the workspace stays. */
    delete: Method<[id: string | number], undefined>;
    /** A session. */
    get: Method<[id: string | number], undefined>;
    /** What a session proposes: the file, or its diff. */
    getArtifact: Method<[id: string | number, path: string | number], Input<{ diff?: boolean }>, Uint8Array>;
    /** List sessions, newest first. */
    list: List<[], Input<{ status?: sessions__lifecycle__Status | null; limit?: number; offset?: number; cursor?: string | null }>>;
  };
  skills: {
    /** Add a skill. */
    create: Method<[], Input<SkillDefinition>>;
    /** Delete a skill of the tenant's own. */
    delete: Method<[name: string | number], undefined>;
    /** A skill. */
    get: Method<[name: string | number], undefined>;
    /** Every skill: Pentarch's, then the tenant's own. */
    list: Method<[], undefined>;
    /** Replace a skill of the tenant's own. */
    update: Method<[name: string | number], Input<SkillDefinition>>;
  };
  system: {
    /** The tenant's workspace and sessions, the tools that are here, the agents. */
    status: Method<[], undefined>;
  };
  workspace: {
    /** Delete a file; its versions stay in its history. */
    delete: Method<[path: string | number], undefined>;
    /** A file, an earlier version of it, or its history. */
    get: Method<[path: string | number], Input<{ version?: number | null; history?: boolean; limit?: number; before?: number | null }>, Uint8Array>;
    /** List files by path. */
    list: List<[], Input<{ prefix?: string; limit?: number; cursor?: string | null }>>;
    /** Write a file's next version: a text as the body, anything as a form's `file`. */
    put: Method<[path: string | number], BodyInit>;
  };
}

export interface MetaagentsGroups {
  agents: {
    /** Create an agent. */
    create: Method<[], Input<AgentRequest>>;
    /** Delete an agent that nothing uses. */
    delete: Method<[agentId: string | number], undefined>;
    /** Execute an agent. */
    execute: Method<[agentId: string | number], Input<ExecuteAgentRequest>>;
    /** An agent as it is now. */
    get: Method<[agentId: string | number], undefined>;
    /** The definition as one version has it. */
    getVersion: Method<[agentId: string | number, number: string | number], undefined>;
    /** List agents. */
    list: List<[], Input<{ page?: number; pageSize?: number; type?: string | null; status?: pentarch__agents__model__Status | null; search?: string; sortBy?: Order; sortOrder?: "asc" | "desc"; cursor?: string | null }>>;
    /** An agent's versions, newest first; a deleted one's too. */
    listVersions: List<[agentId: string | number], Input<{ pageSize?: number; before?: number | null }>>;
    /** Change what is sent of an agent. */
    update: Method<[agentId: string | number], Input<AgentChange>>;
  };
  executions: {
    /** Approve what a step waits for. */
    approve: Method<[executionId: string | number, stepId: string | number], Input<Decision>>;
    /** Cancel an execution. */
    cancel: Method<[executionId: string | number], undefined>;
    /** An execution with its steps and results. */
    get: Method<[executionId: string | number], undefined>;
    /** What an execution's steps wrote, in order of time. */
    getLogs: List<[executionId: string | number], Input<{ level?: workflows__routes__executions__Level | null; from?: string | null; to?: string | null; limit?: number; cursor?: string | null }>>;
    /** How far an execution is. */
    getStatus: Method<[executionId: string | number], undefined>;
    /** One step with its result, or where to fetch it when it is long. */
    getStep: Method<[executionId: string | number, stepId: string | number], undefined>;
    /** List executions, newest first. */
    list: List<[], Input<{ workflow_id?: string | null; agent_id?: string | null; status?: workflows__model__State | null; from?: string | null; to?: string | null; page?: number; pageSize?: number; cursor?: string | null }>>;
    /** Reject what a step waits for. */
    reject: Method<[executionId: string | number, stepId: string | number], Input<Decision>>;
    /** Run an ended execution again from a step on. */
    runAgain: Method<[executionId: string | number], Input<RerunRequest>>;
  };
  tools: {
    /** Change a tool of one's own; what is left out stays. */
    change: Method<[toolId: string | number], Input<ToolChange>>;
    /** Add a tool of one's own: an HTTP operation, or an MCP server. */
    create: Method<[], Input<NewTool>>;
    /** Run a tool and wait for its result. */
    execute: Method<[toolId: string | number], Input<tools__schemas__ExecuteRequest>>;
    /** A tool, or an MCP server with what it has. */
    get: Method<[toolId: string | number], undefined>;
    /** List tools, the built-in ones first, and the MCP servers that some of them are of. */
    list: Method<[], undefined>;
    /** Ask an MCP server again what it has. */
    refreshServer: Method<[toolId: string | number], undefined>;
    /** Remove a tool of one's own; a server goes with its tools. */
    remove: Method<[toolId: string | number], undefined>;
  };
  workflows: {
    /** Create a workflow. */
    create: Method<[], Input<WorkflowRequest>>;
    /** Delete a workflow; its executions go on and stay. */
    delete: Method<[workflowId: string | number], undefined>;
    /** Execute a workflow. */
    execute: Method<[workflowId: string | number], Input<workflows__schemas__ExecuteRequest>>;
    /** A workflow as it is now. */
    get: Method<[workflowId: string | number], undefined>;
    /** A workflow as a revision had it. */
    getVersion: Method<[workflowId: string | number, revision: string | number], undefined>;
    /** List workflows. */
    list: List<[], Input<{ page?: number; pageSize?: number; type?: WorkflowType | null; status?: workflows__model__Status | null; search?: string | null; sortBy?: SortField; sortOrder?: SortOrder }>>;
    /** Every revision of a workflow, the newest first. */
    listVersions: List<[workflowId: string | number], Input<{ limit?: number; before?: number | null }>>;
    /** Change a workflow: what is not sent stays. */
    update: Method<[workflowId: string | number], Input<WorkflowChange>>;
  };
}

export interface CaioGroups {
  configurations: {
    /** Approve a version that waits for it; nobody approves their own. */
    approve: Method<[config_id: string | number, version: string | number], undefined>;
    /** Create a configuration. */
    create: Method<[], Input<NewConfiguration>>;
    /** Delete a configuration. */
    delete: Method<[config_id: string | number], undefined>;
    /** A snapshot of what is in force, of all or of one tenant_id. */
    export: Method<[], Input<{ tenant_id?: string | null; include_history?: boolean }>>;
    /** A configuration as it is now. */
    get: Method<[config_id: string | number], undefined>;
    /** Who changed what and when, newest first, with the difference as a JSON Patch. */
    getAudit: List<[], Input<{ config_id?: string | null; limit?: number; cursor?: string | null }>>;
    /** The versions, newest first. */
    getHistory: List<[config_id: string | number], Input<{ limit?: number; cursor?: string | null }>>;
    /** The JSON Schema of each type's value. */
    getSchemas: Method<[], undefined>;
    /** Put a snapshot in, as a whole or not at all; the same one twice changes nothing. */
    importSnapshot: Method<[], Input<Snapshot>>;
    /** List configurations, of a tenant_id or a type or of all. */
    list: List<[], Input<{ tenant_id?: string | null; config_type?: ConfigType | null; limit?: number; cursor?: string | null }>>;
    /** Show a version that is being rolled out to more callers, to all (100) or to none (0). */
    moveRollout: Method<[config_id: string | number], Input<RolloutMove>>;
    /** Reject a version that waits for approval; nobody rejects their own. */
    reject: Method<[config_id: string | number, version: string | number], undefined>;
    /** Make a new version with the value of an earlier one. */
    rollBack: Method<[config_id: string | number, version: string | number], undefined>;
    /** Give a configuration its next version. */
    update: Method<[config_id: string | number], Input<configurations__schemas__Update>>;
    /** Judge a configuration and save nothing. */
    validate: Method<[], Input<Record<string, unknown>>>;
  };
  credentials: {
    /** List the stored credentials: names and fingerprints, no values. */
    list: List<[], Input<{ limit?: number; cursor?: string | null }>>;
    /** Store a credential, or put another value in its place. */
    put: Method<[name: string | number], Input<CredentialValue>>;
    /** Remove a credential; services that refer to it are not chosen. */
    remove: Method<[name: string | number], undefined>;
  };
  routing: {
    /** Find services whose contracts match. */
    discover: Method<[], Input<Discovery>>;
    /** Choose the best service for a request, and prove it. */
    route: Method<[], Input<RouteRequest>>;
  };
  services: {
    /** Change a service; what is left out stays. */
    change: Method<[service_id: string | number], Input<registry__schemas__Change>>;
    /** A service, with what was measured of it lately. */
    get: Method<[service_id: string | number], undefined>;
    /** The JSON Schema that contracts are held against. */
    getSchema: Method<[], undefined>;
    /** List services. */
    list: List<[], Input<{ capability?: string | null; status?: pentarch__services__model__Status | null; limit?: number; cursor?: string | null }>>;
    /** Register a service by its contract. */
    register: Method<[], Input<registry__schemas__Registration>>;
    /** Deregister a service. */
    remove: Method<[service_id: string | number], undefined>;
    /** Report how a service answered. */
    reportObservation: Method<[service_id: string | number], Input<Observation>>;
    /** Say that a service lives; one that goes silent becomes inactive. */
    sendHeartbeat: Method<[service_id: string | number], Input<Heartbeat | null>>;
  };
  system: {
    /** CAIO: whether the service runs. */
    health: Method<[], undefined>;
    /** Give every function fresh environments. */
    restart: Method<[], Input<Restart>>;
    /** Bring the stack to a release, or tell how far the update is. */
    update: Method<[], Input<infrastructure__schemas__Update>>;
    /** CAIO: the running version. */
    version: Method<[], undefined>;
  };
  traces: {
    /** A routing decision, and everything that it was made from. */
    get: Method<[trace_id: string | number], undefined>;
    /** Send what was routed to the service that was chosen. */
    invokeDecision: Method<[trace_id: string | number], Input<Invocation | null>>;
    /** List routing decisions, newest first. */
    list: List<[], Input<{ service_id?: string | null; from?: string | null; to?: string | null; limit?: number; cursor?: string | null }>>;
    /** Make the decision again from its trace, and compare. */
    verify: Method<[trace_id: string | number], undefined>;
  };
}

export interface AisembleGroups {
  auth: {
    /** Log in with a user name and a password. */
    logIn: Method<[], Input<Login>>;
    /** End the session of a refresh token. */
    logOut: Method<[], Input<Refresh>>;
    /** Get new tokens for a refresh token, which is spent by it. */
    refresh: Method<[], Input<Refresh>>;
  };
  jobs: {
    /** Cancel a job. */
    cancel: Method<[job_id: string | number], undefined>;
    /** Create a job. */
    create: Method<[], Input<JobRequest>>;
    /** Make a job again and again, by a rate, a cron expression or an interval. */
    createRecurring: Method<[], Input<RecurrenceRequest>>;
    /** End a recurring job; the jobs that it made stay. */
    deleteRecurring: Method<[recurrence_id: string | number], undefined>;
    /** A job's state, progress and log. */
    get: Method<[job_id: string | number], undefined>;
    /** A recurring job: when it comes next, and what it has made. */
    getRecurring: Method<[recurrence_id: string | number], undefined>;
    /** A job's results: the file itself, or where to fetch it when it is large. */
    getResults: Method<[job_id: string | number], undefined, string>;
    /** List jobs, newest first. */
    list: List<[], Input<{ status?: JobState | null; limit?: number; offset?: number; cursor?: string | null }>>;
    /** Messages about the tenant's jobs that were given up, the oldest first. */
    listDeadLetters: Method<[], undefined>;
    /** List recurring jobs, newest first. */
    listRecurring: List<[], Input<{ limit?: number; cursor?: string | null }>>;
    /** Let a recurring job rest. */
    pauseRecurring: Method<[recurrence_id: string | number], undefined>;
    /** Send messages back to the queue that they came from. */
    redrive: Method<[], Input<Wanted>>;
    /** Let a recurring job go on from its next time. */
    resumeRecurring: Method<[recurrence_id: string | number], undefined>;
    /** Make a job of the inputs that failed in another. */
    retry: Method<[job_id: string | number], undefined>;
  };
  llm: {
    /** Answer a conversation. */
    chat: Method<[], Input<ChatRequest>>;
    /** Generate text. */
    generate: Method<[], Input<llm__aisemble__GenerateRequest>>;
    /** List the language models. */
    models: Method<[], undefined>;
  };
  models: {
    /** Delete a model and its file. */
    delete: Method<[model_id: string | number], undefined>;
    /** A model, with its manifest and how far its load is. */
    get: Method<[model_id: string | number], undefined>;
    /** List the models with what today's traffic says of them. */
    list: Method<[], undefined>;
    /** Load a model. */
    load: Method<[model_id: string | number], Input<LoadRequest | null>>;
    /** What the tenant's own traffic says of a model. */
    performance: Method<[model_id: string | number], undefined>;
    /** Register a model by its manifest, and get a form to upload its file with. */
    register: Method<[], Input<Manifest>>;
    /** Unload a model; its file stays. */
    unload: Method<[model_id: string | number], undefined>;
    /** A new form to upload the model's file with. */
    upload: Method<[model_id: string | number], undefined>;
  };
  nlp: {
    /** Analyse a text: sentiment, entities, keywords, language. */
    analyze: Method<[], Input<AnalyzeRequest>>;
    /** Sum a text up. */
    summarize: Method<[], Input<SummarizeRequest>>;
  };
  ops: {
    /** Metrics in Prometheus' text format. */
    metrics: Method<[], undefined, string>;
    /** The stack's logs, newest first. */
    readLogs: List<[], Input<{ service?: string | null; level?: ops__logs__Level | null; limit?: number; cursor?: string | null; trace_id?: string | null }>>;
    /** Let a stopped service answer again. */
    start: Method<[service: string | number], Input<ops__schemas__Change>>;
    /** Load, jobs and alerts of the whole stack. */
    status: Method<[], undefined>;
    /** Let a service refuse requests. */
    stop: Method<[service: string | number], Input<ops__schemas__Change>>;
  };
  system: {
    /** Ai-semble: the machine, the database and what is around. */
    comprehensiveHealth: Method<[], undefined>;
    /** Ai-semble: health of each service. */
    healthOfServices: Method<[], undefined>;
  };
  vision: {
    /** Look for objects, text and the scene in a picture. */
    analyze: Method<[], Input<{ image: Blob | ArrayBuffer | ArrayBufferView; model?: string; sensitivity?: "PUBLIC" | "INTERNAL" | "SENSITIVE" | "CRITICAL"; analysis_type?: Array<"object_detection" | "text_extraction" | "scene_analysis"> }>>;
    /** Say what a picture shows, the surest first. */
    classify: Method<[], Input<{ image: Blob | ArrayBuffer | ArrayBufferView; model?: string; sensitivity?: "PUBLIC" | "INTERNAL" | "SENSITIVE" | "CRITICAL"; top_k?: number }>>;
  };
  webhooks: {
    /** Change a webhook; what is left out stays. */
    change: Method<[webhook_id: string | number], Input<webhooks__schemas__Change>>;
    /** A webhook, and how its deliveries went. */
    get: Method<[webhook_id: string | number], undefined>;
    /** A delivery: what was sent, and each answer. */
    getDelivery: Method<[webhook_id: string | number, delivery_id: string | number], undefined>;
    /** List webhooks, the oldest first. */
    list: List<[], Input<{ limit?: number; offset?: number }>>;
    /** The delivery log, newest first. */
    listDeliveries: List<[webhook_id: string | number], Input<{ status?: Outcome | null; limit?: number; cursor?: string | null }>>;
    /** Send one again. */
    redeliver: Method<[webhook_id: string | number, delivery_id: string | number], undefined>;
    /** Send a span of time again: what failed, or all. */
    redeliverSpan: Method<[webhook_id: string | number], Input<Redelivery | null>>;
    /** Register a webhook; its secret is told this once. */
    register: Method<[], Input<webhooks__schemas__Registration>>;
    /** Remove a webhook; what is pending is not sent. */
    remove: Method<[webhook_id: string | number], undefined>;
    /** Give a new secret; the former signs beside it for a while. */
    rotate: Method<[webhook_id: string | number], Input<Rotation | null>>;
    /** Send a test event now, and see what the receiver answers. */
    test: Method<[webhook_id: string | number], undefined>;
  };
}

export interface OpenaiGroups {
  v1: {
    /** Answer a conversation, at once or streamed. */
    chatCompletions: Streaming<[], Input<ChatCompletionRequest>>;
    /** Turn texts into vectors. */
    embeddings: Method<[], Input<EmbeddingsRequest>>;
    /** Look a model up. */
    modelOf: Method<[model: string | number], undefined>;
    /** List the models. */
    models: Method<[], undefined>;
  };
}

export interface PentarchGroups {
  clients: {
    /** Make an OAuth client; the answer shows its secret, and nothing else ever will. */
    create: Method<[], Input<NewPrincipal>>;
    /** An OAuth client, without its secret; every client may look at itself. */
    get: Method<[id: string | number], undefined>;
    /** List OAuth clients, newest first. */
    list: List<[], Input<{ limit?: number; cursor?: string | null }>>;
    /** Revoke an OAuth client and all of its tokens. */
    revoke: Method<[id: string | number], undefined>;
  };
  datasets: {
    /** A place for a dataset, and a form to upload it with. */
    create: Method<[], Input<DatasetRequest>>;
    /** Delete a dataset and its file. */
    delete: Method<[id: string | number], undefined>;
    /** A dataset, and its size once it is uploaded. */
    get: Method<[id: string | number], undefined>;
    /** List datasets, newest first. */
    list: List<[], Input<{ limit?: number; offset?: number }>>;
  };
  keys: {
    /** Make an API key; the answer shows it, and nothing else ever will. */
    create: Method<[], Input<NewPrincipal>>;
    /** An API key, without its secret; every key may look at itself. */
    get: Method<[id: string | number], undefined>;
    /** List API keys, newest first. */
    list: List<[], Input<{ limit?: number; cursor?: string | null }>>;
    /** Revoke an API key; every key may revoke itself. */
    revoke: Method<[id: string | number], undefined>;
    /** Give a key a new secret; every key may do so with itself. */
    rotate: Method<[id: string | number], undefined>;
  };
  mcp: {
    /** A JSON-RPC message of the Model Context Protocol. */
    receive: Method<[], Input<Record<string, unknown>>>;
  };
  oauth: {
    /** The public keys of access tokens (RFC 7517). */
    publicKeys: Method<[], undefined>;
    /** Get a token with client credentials (RFC 6749, section 4.4). */
    token: Method<[], Record<string, string>>;
  };
  users: {
    /** Make a user. */
    create: Method<[], Input<NewUser>>;
    /** Deactivate a user and log it out everywhere. */
    deactivate: Method<[username: string | number], undefined>;
    /** A user; everybody may look at themselves. */
    get: Method<[username: string | number], undefined>;
    /** List users by name. */
    list: List<[], Input<{ limit?: number; cursor?: string | null }>>;
    /** Change a user; everybody may change their own password. */
    update: Method<[username: string | number], Input<UserChange>>;
  };
}

export type AgentChange = { name?: string | null; description?: string | null; type?: string | null; status?: pentarch__agents__model__Status | null; configuration?: Configuration | null; capabilities?: Array<string> | null; tags?: Array<string> | null; metadata?: Record<string, unknown> | null };

export type AgentDefinition = { name: string; version?: string; instructions: string };

export type AgentRequest = { name: string; description?: string; type: string; status?: pentarch__agents__model__Status; configuration?: Configuration; capabilities?: Array<string>; tags?: Array<string>; metadata?: Record<string, unknown> };

export type AnalyzeRequest = { text: string; model?: string | null; sensitivity?: Sensitivity | null; analysis_types?: Array<nlp__model__Kind>; language?: "auto" | string };

export type ApprovalRule = { roles?: Array<string>; by_starter?: boolean };

export type ApproveRequest = { comment?: string | null; artifacts?: Array<string> | null; digest?: string | null };

export type Bounds = { max_latency_ms?: number | null; min_throughput_tokens_per_sec?: number | null; max_cost_per_token?: number | null; min_reliability?: number | null };

export type Bucket = { type: "s3"; key: string };

export type CallMade = { id: string; type?: "function"; function: FunctionCalled };

export type ChatCompletionRequest = { model: string; messages: Array<llm__openai__ChatMessage>; max_tokens?: number | null; max_completion_tokens?: number | null; temperature?: number | null; top_p?: number | null; frequency_penalty?: number | null; presence_penalty?: number | null; stop?: string | Array<string> | null; seed?: number | null; n?: number | null; stream?: boolean | null; stream_options?: StreamOptions | null; sensitivity?: Sensitivity | null; cache_ttl?: number | null; agent_name?: string | null; tools?: Array<ToolOffered> | null; tool_choice?: "none" | "auto" | "required" | Choice | null };

export type ChatRequest = { model?: string; max_tokens?: number; temperature?: number; parameters?: Parameters; sensitivity?: Sensitivity | null; cache_ttl?: number | null; messages: Array<llm__aisemble__ChatMessage> };

export type CheckRequest = { framework: "SOC2" | "GDPR" | "HIPAA" | "PCI-DSS"; scope?: RequestedScope; evidence_types?: Array<"audit_logs" | "data_processing" | "access_control" | "configuration" | "monitoring"> | null; generate_report?: boolean; async?: boolean };

export type Choice = { type: "function"; function: _Named };

export type Config = { environment_variables?: Record<string, unknown>; resource_limits?: ResourceLimits; container?: string | null };

export type ConfigType = "policy" | "constraint" | "slo" | "tenant" | "routing_weights" | "routing_policy" | "sensitivity_policy" | "limits" | "budget" | "retention" | "approval" | "session_approval";

export type Configuration = { model?: string; temperature?: number; max_tokens?: number; system_prompt?: string; tools?: Array<string>; max_turns?: number | null; sensitivity?: Sensitivity | null };

export type CreateRequest = { skill: string; input?: SkillInput };

export type CredentialValue = { value: string };

export type DatasetRequest = { name: string; format?: string };

export type Decision = { comment?: string; data?: Record<string, unknown> };

export type Deploy = { service: string; version: string; config?: Config; strategy?: infrastructure__model__Strategy };

export type DeployRequest = { environment: Environment; rollback_on_failure?: boolean; version?: number | null; canary_share?: number | null; shadow?: number | null };

export type Discovery = { capability: string; constraints?: Bounds; traits?: Record<string, string>; limit?: number; cursor?: string | null };

export type EmbeddingsRequest = { model: string; input: string | Array<string>; encoding_format?: "float" | "base64"; sensitivity?: Sensitivity | null };

export type Environment = "staging" | "production";

export type ErrorHandling = { strategy?: workflows__definition__Strategy; max_retries?: number; backoff_multiplier?: number };

export type ExecuteAgentRequest = { parameters?: Record<string, unknown>; context?: Record<string, unknown>; timeout?: number };

export type Failure = "timeout" | "rate_limited" | "unavailable" | "upstream_failed" | "upstream_timeout" | "lost" | "internal" | "tool_failed" | "invalid" | "not_found" | "conflict" | "forbidden" | "policy_refused" | "quota_exceeded" | "rejected" | "expired";

export type Family = "kubernetes" | "docker" | "vm" | "lambda";

export type FilesWanted = { min?: number; max?: number };

export type Form = "json" | "csv" | "pdf" | "ocsf";

export type FunctionCalled = { name: string; arguments: string };

export type FunctionOffered = { name: string; description?: string; parameters?: Record<string, unknown> };

export type Heartbeat = { interval_seconds?: number };

export type Imported = { tenant_id?: string | null; config_type: ConfigType; name: string; value: Record<string, unknown>; description?: string | null; config_id?: string | null };

export type InGateway = { mode?: pentarch__llm__specialists__Mode };

export type InputSpec = { width: number; height: number; channels?: 1 | 3; name?: string | null; layout?: "NCHW" | "NHWC"; resize?: "stretch" | "crop" | "letterbox" | "figure"; scale?: number; mean?: Array<number>; std?: Array<number> };

export type InputsWanted = { files?: FilesWanted; args?: Record<string, unknown> };

export type Invocation = { payload?: unknown };

export type JobRequest = { name: string; type: "batch_processing" | "inference" | "training" | "compliance_scan" | "export" | "workflow"; service?: "llm" | "vision" | "nlp" | "specialists" | "compliance" | "workflows"; parameters: Record<string, unknown>; priority?: Priority; scheduled_at?: string | null; depends_on?: Array<string> };

export type JobState = "scheduled" | "waiting" | "queued" | "running" | "completed" | "failed" | "cancelled";

export type Labels = { organization?: string | null; project?: string | null };

export type LoadRequest = { force_reload?: boolean; gpu_device?: number | null };

export type Login = { username: string; password: string };

export type Manifest = { id: string; task: "image_classification" | "object_detection"; labels: Array<string>; input: InputSpec; output: OutputSpec; sha256: string; size_bytes: number; format?: "onnx"; name?: string | null; version?: string; description?: string };

export type ModelPolicy = { name?: string; temperature?: number; max_tokens?: number; sensitivity?: string | null };

export type Monitoring = { telemetry_enabled?: boolean; trace_sampling?: number };

export type NewConfiguration = { tenant_id?: string | null; config_type: ConfigType; name: string; value: Record<string, unknown>; description?: string | null };

export type NewPrincipal = { roles: Array<"admin" | "operator" | "developer" | "auditor" | "viewer">; name: string; scopes?: Array<string>; expires_in_days?: number | null; expires_at?: string | null };

export type NewTool = { description?: string | null; category?: string | null; capabilities?: Array<string> | null; credential?: string | null; openapi?: Record<string, unknown> | null; operation?: string | null; url?: string | null; name: string; kind: "http" | "mcp" };

export type NewUser = { roles: Array<"admin" | "operator" | "developer" | "auditor" | "viewer">; username: string; password: string };

export type Observation = { latency_ms: number; success: boolean };

export type Order = "name" | "created_at" | "updated_at";

export type Outcome = "pending" | "delivered" | "failed";

export type OutputDefinition = { path: string; content_type: string; schema?: Record<string, unknown> | null };

export type OutputSpec = { layout: "logits" | "probabilities" | "yolov8"; name?: string | null; confidence?: number; iou?: number; max_detections?: number };

export type Parameters = { top_p?: number | null; frequency_penalty?: number | null; presence_penalty?: number | null };

export type PredictRequest = { text?: string | null; features?: Array<number> | Record<string, number> | null; inputs?: Array<unknown> | null; environment?: Environment | null };

export type Priority = "low" | "normal" | "high" | "urgent";

export type Proposal = { name: string; description: string; skills: Array<string>; training_config?: TrainingConfig; validation_criteria?: ValidationCriteria; gateway?: InGateway };

export type RecurrenceRequest = { name: string; expression?: string | null; interval?: "daily" | "weekly" | "monthly" | "quarterly" | null; time_zone?: string; enabled?: boolean; job: RecurringJob };

export type RecurringJob = { name: string; type: "batch_processing" | "inference" | "training" | "compliance_scan" | "export" | "workflow"; service?: "llm" | "vision" | "nlp" | "specialists" | "compliance" | "workflows"; parameters: Record<string, unknown>; priority?: Priority };

export type Redelivery = { from?: string | null; to?: string | null; status?: "failed" | "all" };

export type Refresh = { refresh_token: string };

export type RejectRequest = { reason: string };

export type Repository = { type: "git"; repository: string; path: string; ref?: string | null; credential?: string | null };

export type RequestedScope = { organization?: string | null; project?: string | null; time_range?: TimeRange };

export type RerunRequest = { from_step?: string | null; input?: Record<string, unknown> | null; parameters?: Record<string, unknown> | null };

export type ResourceLimits = { cpu?: string | null; memory?: string | null };

export type Restart = { graceful?: boolean };

export type RetryPolicy = { max_retries?: number; backoff_multiplier?: number; initial_delay?: number; max_delay?: number; jitter?: boolean; retry_on?: Array<Failure> };

export type ReviseRequest = { instructions: string };

export type Role = "system" | "user" | "assistant" | "tool";

export type RollBack = { target_version?: string | null };

export type RollbackRequest = { environment?: Environment; version?: number | null; deployment_id?: string | null };

export type RolloutMove = { percentage: number; version?: number | null; expected_version?: number | null };

export type RolloutWish = { percentage: number; alarm?: string | null };

export type Rotation = { secret?: string | null; overlap_hours?: number };

export type RouteRequest = { request: RoutedRequest; constraints?: Bounds; policies?: Rules; dry_run?: boolean };

export type RoutedRequest = { intent: string; traits?: Record<string, string>; payload?: unknown; required_capabilities?: Array<string>; sensitivity?: "PUBLIC" | "INTERNAL" | "SENSITIVE" | "CRITICAL" | null };

export type Rules = { require_encryption?: boolean | null; allow_external_services?: boolean | null; allowed_regions?: Array<string> | null; required_certifications?: Array<string> | null; min_reliability?: number | null; max_retention_days?: number | null; denied_services?: Array<string> | null };

export type RunOptions = { temperature?: number | null; verbose?: boolean; wait?: number };

export type RunRequest = { skill: string; input?: SkillInput; options?: RunOptions; session_id?: string | null };

export type Scale = { service: string; replicas: number; environment?: "staging" | "production" | null; mode?: infrastructure__scaling__model__Mode };

export type ScheduleRequest = { expression?: string | null; interval?: "daily" | "weekly" | "monthly" | "quarterly" | null; enabled?: boolean; scope?: Labels; range_days?: number; evidence_types?: Array<"audit_logs" | "data_processing" | "access_control" | "configuration" | "monitoring"> | null; generate_report?: boolean };

export type Schema = "pentarch" | "ocsf";

export type Sensitivity = "PUBLIC" | "INTERNAL" | "SENSITIVE" | "CRITICAL";

export type SkillDefinition = { name: string; description: string; agent: AgentDefinition; prompt: string; inputs?: InputsWanted; outputs: Array<OutputDefinition>; tools?: Array<string>; model?: ModelPolicy; timeout_s?: number };

export type SkillInput = { files?: Array<string>; args?: Record<string, unknown> };

export type Snapshot = { configurations: Array<Imported>; hash?: string | null; dry_run?: boolean };

export type SortField = "name" | "created_at" | "updated_at";

export type SortOrder = "asc" | "desc";

export type Step = { id?: string | null; name: string; type?: StepType; order?: number | null; agent_id?: string | null; agent_type?: string | null; tool_id?: string | null; depends_on?: Array<string>; condition?: string | null; input_mapping?: Record<string, unknown>; output_mapping?: Record<string, string>; timeout?: number | null; retry_policy?: RetryPolicy | null; for_each?: string | null; max_concurrency?: number; compensates?: string | null; approval?: ApprovalRule | null };

export type StepType = "agent" | "tool" | "transform" | "approval";

export type StreamOptions = { include_usage?: boolean };

export type SubjectRequest = { kind: compliance__subjects__model__Kind; subject: string; reason?: string | null };

export type SummarizeRequest = { text: string; model?: string | null; sensitivity?: Sensitivity | null; max_length?: number; min_length?: number | null };

export type Synchronise = { source: Bucket | Repository; dry_run?: boolean };

export type TextPart = { type: "text"; text: string };

export type TimeRange = { start?: string | null; end?: string | null };

export type ToolChange = { description?: string | null; category?: string | null; capabilities?: Array<string> | null; credential?: string | null; openapi?: Record<string, unknown> | null; operation?: string | null; url?: string | null };

export type ToolOffered = { type: "function"; function: FunctionOffered };

export type TrainRequest = { training_data: TrainingData; async?: boolean };

export type TrainingConfig = { model?: string | null; epochs?: number | null; dataset_size?: number | null };

export type TrainingData = { type: TrainingType; dataset: string; parameters?: Record<string, unknown> };

export type TrainingType = "supervised" | "unsupervised" | "reinforcement";

export type UserChange = { roles?: Array<"admin" | "operator" | "developer" | "auditor" | "viewer"> | null; status?: pentarch__identity__model__Status | null; password?: string | null; current_password?: string | null };

export type ValidationCriteria = { min_accuracy?: number | null; max_latency?: number | null };

export type Wanted = { message_ids?: Array<string> | null; all?: boolean };

export type WorkflowChange = { name?: string | null; description?: string | null; type?: WorkflowType | null; version?: string | null; status?: workflows__model__Status | null; steps?: Array<Step> | null; error_handling?: ErrorHandling | null; monitoring?: Monitoring | null; timeout?: number | null; tags?: Array<string> | null };

export type WorkflowRequest = { name: string; description?: string; type?: WorkflowType; version?: string; status?: workflows__model__Status; steps: Array<Step>; error_handling?: ErrorHandling; monitoring?: Monitoring | null; timeout?: number | null; tags?: Array<string> };

export type WorkflowType = "sequential" | "parallel" | "conditional" | "dag";

export type _Named = { name: string };

export type compliance__subjects__model__Kind = "access" | "erasure";

export type configurations__schemas__Update = { value: Record<string, unknown>; description?: string | null; tenant_id?: string | null; config_type?: string | null; name?: string | null; expected_version?: number | null; rollout?: RolloutWish | null };

export type infrastructure__inventory__model__State = "running" | "stopped" | "failed";

export type infrastructure__model__Strategy = "rolling_update" | "blue_green" | "canary";

export type infrastructure__scaling__model__Mode = "provisioned" | "reserved";

export type infrastructure__schemas__Update = { target_version: string };

export type llm__aisemble__ChatMessage = { role: Role; content: string };

export type llm__aisemble__GenerateRequest = { model?: string; max_tokens?: number; temperature?: number; parameters?: Parameters; sensitivity?: Sensitivity | null; cache_ttl?: number | null; prompt: string };

export type llm__metaqore__GenerateRequest = { prompt: string; model?: string; agent_name?: string | null; max_tokens?: number; temperature?: number; stream?: boolean; cache_ttl?: number | null; sensitivity?: Sensitivity | null };

export type llm__openai__ChatMessage = { role: "system" | "developer" | "user" | "assistant" | "tool"; content?: string | Array<TextPart> | null; tool_calls?: Array<CallMade> | null; tool_call_id?: string | null };

export type nlp__model__Kind = "sentiment" | "entities" | "keywords" | "language";

export type ops__logs__Level = "debug" | "info" | "warning" | "error" | "critical";

export type ops__schemas__Change = { force?: boolean; wait_for_health?: boolean };

export type pentarch__agents__model__Status = "active" | "inactive";

export type pentarch__identity__model__Status = "active" | "revoked";

export type pentarch__llm__specialists__Mode = "brief" | "answer";

export type pentarch__rollouts__model__Kind = "service" | "specialist" | "configuration";

export type pentarch__rollouts__model__Status = "queued" | "deploying" | "completed" | "failed" | "rolling_back" | "rolled_back";

export type pentarch__services__model__Status = "active" | "inactive";

export type registry__schemas__Change = { name?: string | null; version?: string | null; base_url?: string | null; protocol?: string | null; contract_path?: string | null; contract?: Record<string, unknown> | null; status?: pentarch__services__model__Status | null };

export type registry__schemas__Registration = { service_id: string; name: string; version?: string; base_url: string; protocol?: string | null; contract_path?: string | null; contract?: Record<string, unknown> | null };

export type sessions__lifecycle__Status = "created" | "running" | "pending_approval" | "completed" | "rejected" | "failed" | "expired";

export type specialists__lifecycle__Status = "DRAFT" | "ACTIVE" | "ARCHIVED";

export type tools__schemas__ExecuteRequest = { parameters?: Record<string, unknown>; timeout?: number };

export type webhooks__schemas__Change = { url?: string | null; events?: Array<string> | null; description?: string | null; ordered?: boolean | null; status?: "active" | "disabled" | null };

export type webhooks__schemas__Registration = { url: string; events: Array<string>; secret?: string | null; description?: string; ordered?: boolean };

export type workflows__definition__Strategy = "fail_fast" | "continue" | "retry_with_backoff" | "compensate";

export type workflows__model__State = "queued" | "running" | "completed" | "failed" | "cancelled";

export type workflows__model__Status = "active" | "inactive";

export type workflows__routes__executions__Level = "debug" | "info" | "warning" | "error";

export type workflows__schemas__ExecuteRequest = { parameters?: Record<string, unknown>; context?: Record<string, unknown> };
