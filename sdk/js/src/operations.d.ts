// Made by `make openapi` from the OpenAPI document.

import type { Feed, Input, Json, List, Method, Streaming } from "./method.js";

export interface MetaqoreGroups {
  compliance: {
    /** Cancel an assessment that is worked on afterwards. */
    cancelCheck: Method<[id: string | number], undefined, CheckSummary>;
    /** Take back that one wants an export: it is cancelled when nobody else does. */
    cancelExport: Method<[id: string | number], undefined, Export>;
    /** Assess a framework on request only. */
    deleteSchedule: Method<[framework: string | number], undefined, void>;
    /** Export the audit trail, and a framework's latest assessment with it, as a file. */
    export: Method<[], Input<{ format: Form; schema?: Schema | null; start_date?: string | null; end_date?: string | null; framework?: "SOC2" | "GDPR" | "HIPAA" | "PCI-DSS" | null; agent?: string | null; action?: string | null; resource?: string | null; sensitivity?: string | null; actor?: string | null }>, Uint8Array>;
    /** An assessment: its state, and all that it found. */
    getCheck: Method<[id: string | number], undefined, ComplianceCheck>;
    /** Proof that a tree is an earlier one with leaves appended. */
    getConsistency: Method<[], Input<{ from: number; to?: number | null }>, {
      from: number;
      to: number;
      from_root: string;
      to_root: string;
      path: Array<string>;
      signed_head: SignedHead;
    }>;
    /** One event. */
    getEvent: Method<[id: string | number], undefined, AuditEvent>;
    /** An export that is made in the background: where it stands, and where it lies. */
    getExport: Method<[id: string | number], undefined, Export>;
    /** Proof that an event is in the tree, and is what was sealed. */
    getProof: Method<[id: string | number], undefined, {
      event: SealedEvent;
      is_unchanged: boolean;
      index: number;
      leaf_hash: string;
      tree_size: number;
      audit_path: Array<string>;
      batch: number;
      sealed_at: string | null;
      signed_head: SignedHead;
      algorithm: string;
      public_key: string;
    }>;
    /** The report of an assessment. */
    getReport: Method<[id: string | number], Input<{ format?: Form; link?: boolean }>, Uint8Array>;
    /** The report of an assessment, by the link that `report_url` is: its signature is the credential. */
    getReportByLink: Method<[id: string | number], Input<{ tenant: string; format: string; expires: number; series: number; issued_to: string; signature: string }>, Uint8Array>;
    /** The signed head of the tenant's tree, and whether every event is in it. */
    getRoot: Method<[], undefined, {
      tree_size: number;
      root: string;
      batch: number;
      sealed_at: string | null;
      signed_head: SignedHead | null;
      anchor: SignedAnchor | null;
      key_id: string;
      algorithm: string;
      public_key: string;
      unsealed_events: number;
      lag_seconds: number;
      sealing_on_time: boolean;
    }>;
    /** A framework's schedule. */
    getSchedule: Method<[framework: string | number], undefined, ComplianceSchedule>;
    /** Where each framework stands, and when it is assessed again. */
    getStatus: Method<[], Input<{ framework?: "SOC2" | "GDPR" | "HIPAA" | "PCI-DSS" | null; organization?: string | null }>, {
      frameworks: Array<{
        name: ComplianceFramework;
        overall_score: number;
        assessed_share: number;
        last_assessment: string;
        last_check_id: string;
        next_assessment: string;
        critical_findings: number;
        open_findings: FindingCounts;
        previous_score: number | null;
        trend: number | null;
      }>;
    }>;
    /** Assessments, newest first. */
    listChecks: List<[], Input<{ framework?: "SOC2" | "GDPR" | "HIPAA" | "PCI-DSS" | null; limit?: number; cursor?: string | null }>, { checks: Array<CheckSummary>; total: number; limit: number; next_cursor: string | null }, CheckSummary>;
    /** The audit trail, newest first, with an exact total. */
    listEvents: List<[], Input<{ start_date?: string | null; end_date?: string | null; agent?: string | null; action?: string | null; resource?: string | null; sensitivity?: string | null; actor?: string | null; limit?: number; offset?: number; cursor?: string | null }>, {
      events: Array<AuditEvent>;
      total: number;
      limit: number;
      offset: number;
      next_cursor: string | null;
    }, AuditEvent>;
    /** The schedules of all frameworks. */
    listSchedules: Method<[], undefined, { schedules: Array<ComplianceSchedule>; total: number }>;
    /** Assess a framework by a rate, a cron expression or an interval from now on. */
    putSchedule: Method<[framework: string | number], Input<ScheduleRequest>, ComplianceSchedule>;
    /** Assess a framework; a large scope is answered at once and worked on afterwards. */
    runCheck: Method<[], Input<CheckRequest>, CompletedCheck | CheckReceipt>;
    /** Make an assessment's verdicts again from the evidence that is stored of it. */
    verifyCheck: Method<[id: string | number], undefined, { check_id: string; verified: boolean; problems: Array<string> }>;
    /** End every link to a report that was given out. */
    withdrawLinks: Method<[], undefined, void>;
  };
  infrastructure: {
    /** Roll out a version or a configuration of a service. */
    deploy: Method<[], Input<Deploy>, {
      deployment_id: string;
      service: string;
      version: string;
      strategy: ServiceStrategy;
      status: DeploymentStatus;
      rollback_available: boolean;
    }>;
    /** How far a roll-out is, and what happened. */
    getDeployment: Method<[deployment_id: string | number], undefined, Deployment>;
    /** How far a scaling operation is. */
    getOperation: Method<[operation_id: string | number], undefined, ScalingOperation>;
    /** How far a synchronisation is. */
    getSynchronisation: Method<[sync_id: string | number], undefined, Synchronisation>;
    /** What runs: functions, containers, deployments, machines. */
    list: Method<[], Input<{ type?: Family | null; status?: infrastructure__inventory__model__State | null }>, {
      resources: Array<InfrastructureResource>;
      not_asked: Array<{ source: InfrastructureSource; reason: string }>;
    }>;
    /** Roll-outs of services, specialists and configurations, the latest first. */
    listDeployments: List<[], Input<{ limit?: number; cursor?: string | null; kind?: pentarch__rollouts__model__Kind | null; service?: string | null; resource?: string | null; status?: pentarch__rollouts__model__Status | null }>, { deployments: Array<DeploymentEntry>; limit: number; next_cursor: string | null }, DeploymentEntry>;
    /** Go back to the version before, or to a named one. */
    rollBack: Method<[deployment_id: string | number], Input<RollBack>, {
      rollback_id: string | null;
      deployment_id: string;
      target_version: string | null;
      status: DeploymentStatus;
    }>;
    /** Let more or fewer of a service run. */
    scale: Method<[], Input<Scale>, ScalingOperation>;
    /** Compare a desired state with what runs, and bring the stack to it. */
    synchronise: Method<[], Input<Synchronise>, Synchronisation | PlannedSynchronisation>;
  };
  llm: {
    /** Generate a response, at once or streamed. */
    generate: Streaming<[], Input<llm__metaqore__GenerateRequest>, {
      response: string;
      model: string;
      requested_model: string;
      provider: string;
      processing_time: number;
      cached: boolean;
      specialist_used: string | null;
      specialist_version: number | null;
      tokens_used: number;
      finish_reason: GatewayFinishReason;
      sensitivity: PromptSensitivity;
      cost_usd: number;
      audit_event_id: string;
      trace_id: string;
      prediction?: ServedPrediction | null;
    }>;
    /** List the models that can be called. */
    models: Method<[], undefined, {
      models: Array<{
        name: string;
        provider: string;
        description: string;
        context_window: number;
        supported_features: Array<string>;
        max_sensitivity: PromptSensitivity;
        region: string | null;
      }>;
    }>;
    /** What the tenant used, by day, model and credential. */
    used: Method<[], Input<{ start_date?: string | null; end_date?: string | null }>, { rows: Array<UsageRow>; total: Consumption; month: Consumption; budget_usd: number | null }>;
  };
  specialists: {
    /** Archive a specialist: nothing of it answers any more, and all of it is kept. */
    archive: Method<[id: string | number], undefined, { specialist: SpecialistEntry }>;
    /** Cancel a training. */
    cancel: Method<[id: string | number, job_id: string | number], undefined, Training>;
    /** Deploy a version, once its probe holds. */
    deploy: Method<[id: string | number], Input<DeployRequest>, SpecialistDeployment>;
    /** A specialist, its trainings, and what real requests were measured at. */
    get: Method<[id: string | number], undefined, { specialist: Specialist }>;
    /** A deployment, and how its probe went. */
    getDeployment: Method<[id: string | number, deployment_id: string | number], undefined, SpecialistDeployment>;
    /** How far a training is, and its loss by epoch. */
    getTraining: Method<[id: string | number, job_id: string | number], undefined, Training>;
    /** List specialists, newest first. */
    list: List<[], Input<{ status?: specialists__lifecycle__Status | null; skill?: string | null; limit?: number; offset?: number }>, { specialists: Array<SpecialistEntry>; total: number; limit: number; offset: number }, SpecialistEntry>;
    /** What trainings made, newest first; each can be deployed and rolled back to. */
    listVersions: List<[id: string | number], Input<{ limit?: number; before?: number | null }>, { versions: Array<SpecialistVersion>; total: number; limit: number; next_before: number | null }, SpecialistVersion>;
    /** Let a training rest; what it has learned is kept. */
    pause: Method<[id: string | number, job_id: string | number], undefined, Training>;
    /** Ask a deployed specialist. */
    predict: Method<[id: string | number], Input<PredictRequest>, {
      specialist_id: string;
      name: string;
      version: number;
      environment: DeploymentEnvironment;
      latency_ms: number;
      event_id: string;
      model?: string;
      prediction?: string | number | null;
      confidence?: number | null;
      scores?: Scores | null;
      distances?: Scores;
      top_terms?: Array<string>;
      centre?: Record<string, number>;
      expected_rewards?: Scores;
      propensities?: Scores;
      answer?: string;
      tokens_used?: number;
      cost_usd?: number;
      predictions?: Array<SpecialistPrediction>;
    }>;
    /** Propose a specialist. */
    propose: Method<[], Input<Proposal>, { specialist: { id: string; name: string; status: SpecialistStatus; created_at: string } }>;
    /** Let a paused training go on. */
    resume: Method<[id: string | number, job_id: string | number], undefined, Training>;
    /** Go back to an earlier version at once. */
    rollback: Method<[id: string | number], Input<RollbackRequest>, SpecialistDeployment>;
    /** Train a specialist. */
    train: Method<[id: string | number], Input<TrainRequest>, AwaitedTraining | TrainingReceipt>;
  };
  subjects: {
    /** How a request stands; of an answered one of access, where its document is. */
    get: Method<[id: string | number], undefined, SubjectCaseDetails>;
    /** Requests, newest first. */
    list: List<[], Input<{ limit?: number; cursor?: string | null }>, { requests: Array<SubjectCase>; total: number; limit: number; next_cursor: string | null }, SubjectCase>;
    /** Ask for a copy of what is known of a person, or for its erasure. */
    request: Method<[], Input<SubjectRequest>, SubjectCase>;
  };
  system: {
    /** MetaQore and MetaForge: health of the gateway. */
    healthOfGateway: Method<[], undefined, { status: GatewayStatus; version: string; uptime: number; cache_status: GatewayCacheStatus }>;
  };
  webhooks: {
    /** Change a webhook; what is left out stays. */
    change: Method<[webhook_id: string | number], Input<webhooks__schemas__Change>, Webhook>;
    /** A webhook, and how its deliveries went. */
    get: Method<[webhook_id: string | number], undefined, Webhook>;
    /** A delivery: what was sent, and each answer. */
    getDelivery: Method<[webhook_id: string | number, delivery_id: string | number], undefined, Delivery>;
    /** List webhooks, the oldest first. */
    list: List<[], Input<{ limit?: number; offset?: number }>, { webhooks: Array<Webhook>; pagination: Pagination }, Webhook>;
    /** The delivery log, newest first. */
    listDeliveries: List<[webhook_id: string | number], Input<{ status?: Outcome | null; limit?: number; cursor?: string | null }>, { deliveries: Array<Delivery>; pagination: CursorPagination }, Delivery>;
    /** Send one again. */
    redeliver: Method<[webhook_id: string | number, delivery_id: string | number], undefined, Delivery>;
    /** Send a span of time again: what failed, or all. */
    redeliverSpan: Method<[webhook_id: string | number], Input<Redelivery | null>, RedeliveredSpan>;
    /** Register a webhook; its secret is told this once. */
    register: Method<[], Input<webhooks__schemas__Registration>, Webhook>;
    /** Remove a webhook; what is pending is not sent. */
    remove: Method<[webhook_id: string | number], undefined, void>;
    /** Give a new secret; the former signs beside it for a while. */
    rotate: Method<[webhook_id: string | number], Input<Rotation | null>, Webhook>;
    /** Send a test event now, and see what the receiver answers. */
    test: Method<[webhook_id: string | number], undefined, TestDelivery>;
  };
}

export interface MetaforgeGroups {
  agent: {
    /** How far a run is, and what it proposes. */
    getStatus: Method<[id: string | number], undefined, AgentRun>;
    /** Run a skill: of the session that is named or waits for just this, else of a new one. */
    run: Method<[], Input<RunRequest>, BegunRun | AgentRun>;
  };
  approvals: {
    /** Apply what a session proposes, all of it or none. */
    approve: Method<[id: string | number], Input<ApproveRequest | null>, { session_id: string; status: ApprovedStatus; applied: boolean; artifacts: Array<string> }>;
    /** What waits for approval, newest first. */
    list: List<[], Input<{ limit?: number; cursor?: string | null }>, {
      pending: Array<{
        session_id: string;
        skill: string;
        created: string;
        requested_by: string;
        digest: string;
        digest_required: boolean;
        expires: string;
        artifacts: Array<ProposedFile>;
      }>;
      next_cursor: string | null;
    }, {
      session_id: string;
      skill: string;
      created: string;
      requested_by: string;
      digest: string;
      digest_required: boolean;
      expires: string;
      artifacts: Array<ProposedFile>;
    }>;
    /** Turn down what a session proposes. */
    reject: Method<[id: string | number], Input<RejectRequest>, { session_id: string; status: SessionStatus; reason: string }>;
    /** Let the agent do it again, with what is asked for here. */
    revise: Method<[id: string | number], Input<ReviseRequest>, { session_id: string; status: SessionStatus; agent: string; round: number }>;
  };
  events: {
    /** A ticket to connect with, for clients that cannot set a header. */
    makeTicket: Method<[], undefined, { ticket: string; expires_in: number }>;
    /** A session's events, as Server-Sent Events. */
    stream: Feed<[id: string | number], Input<{ last?: number | null }>>;
  };
  sessions: {
    /** A session, to be run later. */
    create: Method<[], Input<CreateRequest>, { id: string; skill: string; status: SessionStatus; created: string }>;
    /** Delete a session and what it proposed; the workspace stays. */
    delete: Method<[id: string | number], undefined, { success: boolean; deleted: string }>;
    /** A session. */
    get: Method<[id: string | number], undefined, Session>;
    /** What a session proposes: the file, or its diff. */
    getArtifact: Method<[id: string | number, path: string | number], Input<{ diff?: boolean }>, Uint8Array>;
    /** List sessions, newest first. */
    list: List<[], Input<{ status?: sessions__lifecycle__Status | null; limit?: number; offset?: number; cursor?: string | null }>, {
      sessions: Array<SessionEntry>;
      total: number;
      limit: number;
      offset: number;
      next_cursor: string | null;
    }, SessionEntry>;
  };
  skills: {
    /** Add a skill. */
    create: Method<[], Input<SkillDefinition>, Skill>;
    /** Delete a skill of the tenant's own. */
    delete: Method<[name: string | number], undefined, void>;
    /** A skill. */
    get: Method<[name: string | number], undefined, Skill>;
    /** Every skill: Pentarch's, then the tenant's own. */
    list: Method<[], undefined, { skills: Array<Skill>; total: number }>;
    /** Replace a skill of the tenant's own. */
    update: Method<[name: string | number], Input<SkillDefinition>, Skill>;
  };
  system: {
    /** The tenant's workspace and sessions, the tools that are here, the agents. */
    status: Method<[], undefined, {
      version: string;
      workspace: string;
      sessions: {
        active: number;
        pending: number;
        completed: number;
        rejected: number;
        failed: number;
        expired: number;
      };
      tools: Array<{ name: string; version: string | null; available: boolean }>;
      agents: Array<{ name: string; version: string; loaded: boolean; skill: string }>;
    }>;
  };
  workspace: {
    /** Delete a file; its versions stay in its history. */
    delete: Method<[path: string | number], undefined, { success: boolean; deleted: string; version: number; at: string }>;
    /** A file, an earlier version of it, or its history. */
    get: Method<[path: string | number], Input<{ version?: number | null; history?: boolean; limit?: number; before?: number | null }>, Uint8Array>;
    /** List files by path. */
    list: List<[], Input<{ prefix?: string; limit?: number; cursor?: string | null }>, {
      files: Array<FileEntry>;
      total: number;
      total_bytes: number;
      limit: number;
      next_cursor: string | null;
    }, FileEntry>;
    /** Write a file's next version: a text as the body, anything as a form's `file`. */
    put: Method<[path: string | number], BodyInit, FileEntry>;
  };
}

export interface MetaagentsGroups {
  agents: {
    /** Create an agent. */
    create: Method<[], Input<AgentRequest>, Agent>;
    /** Delete an agent that nothing uses. */
    delete: Method<[agentId: string | number], undefined, void>;
    /** Execute an agent. */
    execute: Method<[agentId: string | number], Input<ExecuteAgentRequest>, {
      execution_id: string;
      agent_id: string;
      status: ExecutionStatus;
      created_at: string;
      estimated_completion: string;
    }>;
    /** An agent as it is now. */
    get: Method<[agentId: string | number], undefined, Agent>;
    /** The definition as one version has it. */
    getVersion: Method<[agentId: string | number, number: string | number], undefined, AgentVersion>;
    /** List agents. */
    list: List<[], Input<{ page?: number; pageSize?: number; type?: string | null; status?: pentarch__agents__model__Status | null; search?: string; sortBy?: Order; sortOrder?: "asc" | "desc"; cursor?: string | null }>, {
      data: Array<ListedAgent>;
      pagination: {
        page: number;
        pageSize: number;
        totalItems: number;
        totalPages: number;
        nextCursor: string | null;
      };
    }, ListedAgent>;
    /** An agent's versions, newest first; a deleted one's too. */
    listVersions: List<[agentId: string | number], Input<{ pageSize?: number; before?: number | null }>, {
      agent_id: string;
      data: Array<{ version: number; created_at: string; created_by: string; changed: Array<string> }>;
      nextBefore: number | null;
    }, { version: number; created_at: string; created_by: string; changed: Array<string> }>;
    /** Change what is sent of an agent. */
    update: Method<[agentId: string | number], Input<AgentChange>, Agent>;
  };
  executions: {
    /** Approve what a step waits for. */
    approve: Method<[executionId: string | number, stepId: string | number], Input<Decision>, StepDecision>;
    /** Cancel an execution. */
    cancel: Method<[executionId: string | number], undefined, { execution_id: string; status: ExecutionStatus; cancelled_at: string }>;
    /** An execution with its steps and results. */
    get: Method<[executionId: string | number], undefined, Execution>;
    /** What an execution's steps wrote, in order of time. */
    getLogs: List<[executionId: string | number], Input<{ level?: workflows__routes__executions__Level | null; from?: string | null; to?: string | null; limit?: number; cursor?: string | null }>, { execution_id: string; logs: Array<LogLine>; next_cursor: string | null }, LogLine>;
    /** How far an execution is. */
    getStatus: Method<[executionId: string | number], undefined, {
      execution_id: string;
      status: ExecutionStatus;
      progress: ExecutionProgress;
      elapsed_time: number;
      estimated_remaining: number | null;
      error?: ExecutionError;
    }>;
    /** One step with its result, or where to fetch it when it is long. */
    getStep: Method<[executionId: string | number, stepId: string | number], undefined, ExecutionStep>;
    /** List executions, newest first. */
    list: List<[], Input<{ workflow_id?: string | null; agent_id?: string | null; status?: workflows__model__State | null; from?: string | null; to?: string | null; page?: number; pageSize?: number; cursor?: string | null }>, {
      data: Array<ListedExecution>;
      pagination: { page: number; pageSize: number; totalItems: number; totalPages: number; next_cursor?: string };
    }, ListedExecution>;
    /** Reject what a step waits for. */
    reject: Method<[executionId: string | number, stepId: string | number], Input<Decision>, StepDecision>;
    /** Run an ended execution again from a step on. */
    runAgain: Method<[executionId: string | number], Input<RerunRequest>, BegunExecution>;
  };
  tools: {
    /** Change a tool of one's own; what is left out stays. */
    change: Method<[toolId: string | number], Input<ToolChange>, OwnTool | ToolServer>;
    /** Add a tool of one's own: an HTTP operation, or an MCP server. */
    create: Method<[], Input<NewTool>, OwnTool | ToolServer>;
    /** Run a tool and wait for its result. */
    execute: Method<[toolId: string | number], Input<tools__schemas__ExecuteRequest>, {
      tool_id: string;
      status: ToolRunStatus;
      result: StepResult | null;
      execution_time: number;
      truncated: boolean;
      event_id: string | null;
      error?: { code: ToolFaultCode; message: string };
    }>;
    /** A tool, or an MCP server with what it has. */
    get: Method<[toolId: string | number], undefined, Tool | ToolServer>;
    /** List tools, the built-in ones first, and the MCP servers that some of them are of. */
    list: Method<[], undefined, { data: Array<Tool>; servers: Array<ToolServer> }>;
    /** Ask an MCP server again what it has. */
    refreshServer: Method<[toolId: string | number], undefined, ToolServer>;
    /** Remove a tool of one's own; a server goes with its tools. */
    remove: Method<[toolId: string | number], undefined, void>;
  };
  workflows: {
    /** Create a workflow. */
    create: Method<[], Input<WorkflowRequest>, Workflow>;
    /** Delete a workflow; its executions go on and stay. */
    delete: Method<[workflowId: string | number], undefined, void>;
    /** Execute a workflow. */
    execute: Method<[workflowId: string | number], Input<workflows__schemas__ExecuteRequest>, BegunExecution>;
    /** A workflow as it is now. */
    get: Method<[workflowId: string | number], undefined, Workflow>;
    /** A workflow as a revision had it. */
    getVersion: Method<[workflowId: string | number, revision: string | number], undefined, Workflow>;
    /** List workflows. */
    list: List<[], Input<{ page?: number; pageSize?: number; type?: WorkflowType | null; status?: workflows__model__Status | null; search?: string | null; sortBy?: SortField; sortOrder?: SortOrder }>, { data: Array<Workflow>; pagination: PageInfo }, Workflow>;
    /** Every revision of a workflow, the newest first. */
    listVersions: List<[workflowId: string | number], Input<{ limit?: number; before?: number | null }>, { data: Array<Workflow>; next: number | null }, Workflow>;
    /** Change a workflow: what is not sent stays. */
    update: Method<[workflowId: string | number], Input<WorkflowChange>, Workflow>;
  };
}

export interface CaioGroups {
  configurations: {
    /** Approve a version that waits for it; nobody approves their own. */
    approve: Method<[config_id: string | number, version: string | number], undefined, StoredConfiguration | EndedConfiguration>;
    /** Create a configuration. */
    create: Method<[], Input<NewConfiguration>, StoredConfiguration>;
    /** Delete a configuration. */
    delete: Method<[config_id: string | number], undefined, StoredConfiguration | EndedConfiguration>;
    /** A snapshot of what is in force, of all or of one tenant_id. */
    export: Method<[], Input<{ tenant_id?: string | null; include_history?: boolean }>, { configurations: Array<ExportedConfiguration>; total: number; hash: string; exported_at: string }>;
    /** A configuration as it is now. */
    get: Method<[config_id: string | number], undefined, StoredConfiguration>;
    /** Who changed what and when, newest first, with the difference as a JSON Patch. */
    getAudit: List<[], Input<{ config_id?: string | null; limit?: number; cursor?: string | null }>, { audit: Array<AuditedChange>; total?: number; limit: number; next_cursor: string | null }, AuditedChange>;
    /** The versions, newest first. */
    getHistory: List<[config_id: string | number], Input<{ limit?: number; cursor?: string | null }>, {
      config_id: string;
      versions: Array<ConfigurationVersion>;
      limit: number;
      next_cursor: string | null;
      total: number;
    }, ConfigurationVersion>;
    /** The JSON Schema of each type's value. */
    getSchemas: Method<[], undefined, {
      schemas: {
        policy: Record<string, Json>;
        constraint: Record<string, Json>;
        slo: Record<string, Json>;
        tenant: Record<string, Json>;
        routing_weights: Record<string, Json>;
        routing_policy: Record<string, Json>;
        sensitivity_policy: Record<string, Json>;
        limits: Record<string, Json>;
        budget: Record<string, Json>;
        retention: Record<string, Json>;
        approval: Record<string, Json>;
        session_approval: Record<string, Json>;
      };
    }>;
    /** Put a snapshot in, as a whole or not at all; the same one twice changes nothing. */
    importSnapshot: Method<[], Input<Snapshot>, {
      dry_run: boolean;
      created: Array<string>;
      updated: Array<string>;
      unchanged: Array<string>;
      changes: Array<ConfigurationChange>;
      hash_matches: boolean | null;
    }>;
    /** List configurations, of a tenant_id or a type or of all. */
    list: List<[], Input<{ tenant_id?: string | null; config_type?: ConfigType | null; limit?: number; cursor?: string | null }>, {
      configurations: Array<StoredConfiguration>;
      total: number;
      limit: number;
      next_cursor: string | null;
    }, StoredConfiguration>;
    /** Show a version that is being rolled out to more callers, to all (100) or to none (0). */
    moveRollout: Method<[config_id: string | number], Input<RolloutMove>, StoredConfiguration>;
    /** Reject a version that waits for approval; nobody rejects their own. */
    reject: Method<[config_id: string | number, version: string | number], undefined, StoredConfiguration | EndedConfiguration>;
    /** Make a new version with the value of an earlier one. */
    rollBack: Method<[config_id: string | number, version: string | number], undefined, StoredConfiguration>;
    /** Give a configuration its next version. */
    update: Method<[config_id: string | number], Input<configurations__schemas__Update>, StoredConfiguration>;
    /** Judge a configuration and save nothing. */
    validate: Method<[], Input<Record<string, Json>>, { valid: boolean; errors: Array<{ field: string; message: string }> }>;
  };
  credentials: {
    /** List the stored credentials: names and fingerprints, no values. */
    list: List<[], Input<{ limit?: number; cursor?: string | null }>, { credentials: Array<CredentialEntry>; next_cursor: string | null }, CredentialEntry>;
    /** Store a credential, or put another value in its place. */
    put: Method<[name: string | number], Input<CredentialValue>, CredentialEntry>;
    /** Remove a credential; services that refer to it are not chosen. */
    remove: Method<[name: string | number], undefined, void>;
  };
  routing: {
    /** Find services whose contracts match. */
    discover: Method<[], Input<Discovery>, {
      services: Array<FoundService>;
      proof: {
        matching_contracts: Array<string>;
        rule_satisfaction: boolean;
        security_verified: boolean;
        snapshot_hash: string;
      };
      next_cursor: string | null;
    }>;
    /** Choose the best service for a request, and prove it. */
    route: Method<[], Input<RouteRequest>, {
      decision: RoutingDecision;
      proof: RoutingProof;
      trace: { trace_id: string | null; timestamp: string; decision_path: Array<RoutingStage> };
    }>;
  };
  services: {
    /** Change a service; what is left out stays. */
    change: Method<[service_id: string | number], Input<registry__schemas__Change>, Service>;
    /** A service, with what was measured of it lately. */
    get: Method<[service_id: string | number], undefined, Service>;
    /** The JSON Schema that contracts are held against. */
    getSchema: Method<[], undefined, Json>;
    /** List services. */
    list: List<[], Input<{ capability?: string | null; status?: pentarch__services__model__Status | null; limit?: number; cursor?: string | null }>, { services: Array<ListedService>; total: number; next_cursor: string | null }, ListedService>;
    /** Register a service by its contract. */
    register: Method<[], Input<registry__schemas__Registration>, ServiceReceipt>;
    /** Deregister a service. */
    remove: Method<[service_id: string | number], undefined, void>;
    /** Report how a service answered. */
    reportObservation: Method<[service_id: string | number], Input<Observation>, { service_id: string; observed: { success_rate: number; latency_ms?: number } }>;
    /** Say that a service lives; one that goes silent becomes inactive. */
    sendHeartbeat: Method<[service_id: string | number], Input<Heartbeat | null>, { service_id: string; status: ServiceStatus; timestamp: string; next_before: string }>;
  };
  system: {
    /** CAIO: whether the service runs. */
    health: Method<[], undefined, { status: StorageHealth; version: string; timestamp: string }>;
    /** Give every function fresh environments. */
    restart: Method<[], Input<Restart>, { status: RestartStatus; message: string; deployment_id: string }>;
    /** Bring the stack to a release, or tell how far the update is. */
    update: Method<[], Input<infrastructure__schemas__Update>, {
      error: null;
      requires_restart: boolean;
      status: UpdateStatus;
      progress: number;
      message: string;
      deployment_id?: string;
    }>;
    /** CAIO: the running version. */
    version: Method<[], undefined, { version: string; build_date: string; commit: string }>;
  };
  traces: {
    /** A routing decision, and everything that it was made from. */
    get: Method<[trace_id: string | number], undefined, {
      trace_id: string;
      timestamp: string;
      request: TraceRequest;
      decision: RoutingDecision | null;
      proof: RoutingProof;
      audit_trail: Array<AuditStep>;
      error?: { code: RefusalCode; message: string };
      whole_trace_url?: string;
    }>;
    /** Send what was routed to the service that was chosen. */
    invokeDecision: Method<[trace_id: string | number], Input<Invocation | null>, {
      trace_id: string;
      service_id: string;
      status: number;
      latency_ms: number;
      content_type: string | null;
      body: Json;
      truncated: boolean;
    }>;
    /** List routing decisions, newest first. */
    list: List<[], Input<{ service_id?: string | null; from?: string | null; to?: string | null; limit?: number; cursor?: string | null }>, {
      traces: Array<{
        trace_id: string;
        timestamp: string;
        intent: string;
        outcome: RoutingOutcome;
        services: Array<string>;
        master_equation_score: number | null;
        error_code: RefusalCode | null;
      }>;
      next_cursor: string | null;
    }, {
      trace_id: string;
      timestamp: string;
      intent: string;
      outcome: RoutingOutcome;
      services: Array<string>;
      master_equation_score: number | null;
      error_code: RefusalCode | null;
    }>;
    /** Make the decision again from its trace, and compare. */
    verify: Method<[trace_id: string | number], undefined, { trace_id: string; valid: boolean; faults: Array<string> }>;
  };
}

export interface AisembleGroups {
  auth: {
    /** Log in with a user name and a password. */
    logIn: Method<[], Input<Login>, TokenPair>;
    /** End the session of a refresh token. */
    logOut: Method<[], Input<Refresh>, void>;
    /** Get new tokens for a refresh token, which is spent by it. */
    refresh: Method<[], Input<Refresh>, TokenPair>;
  };
  jobs: {
    /** Cancel a job. */
    cancel: Method<[job_id: string | number], undefined, { job_id: string; status: "cancelled"; cancelled_at: string; message: string }>;
    /** Create a job. */
    create: Method<[], Input<JobRequest>, JobReceipt>;
    /** Make a job again and again, by a rate, a cron expression or an interval. */
    createRecurring: Method<[], Input<RecurrenceRequest>, Recurrence>;
    /** End a recurring job; the jobs that it made stay. */
    deleteRecurring: Method<[recurrence_id: string | number], undefined, void>;
    /** A job's state, progress and log. */
    get: Method<[job_id: string | number], undefined, Job>;
    /** A recurring job: when it comes next, and what it has made. */
    getRecurring: Method<[recurrence_id: string | number], undefined, Recurrence>;
    /** A job's results: the file itself, or where to fetch it when it is large. */
    getResults: Method<[job_id: string | number], undefined, string | Array<JobResult> | ResultsElsewhere | DelegatedResult | Array<DelegatedResult>>;
    /** List jobs, newest first. */
    list: List<[], Input<{ status?: JobState | null; limit?: number; offset?: number; cursor?: string | null }>, {
      jobs: Array<{ job_id: string; name: string; status: JobStatus; progress: number; created_at: string }>;
      pagination: { limit: number; offset: number; total: number; has_more: boolean; next_cursor: string | null };
    }, { job_id: string; name: string; status: JobStatus; progress: number; created_at: string }>;
    /** Messages about the tenant's jobs that were given up, the oldest first. */
    listDeadLetters: Method<[], undefined, { messages: Array<DeadLetter>; total: number; complete: boolean }>;
    /** List recurring jobs, newest first. */
    listRecurring: List<[], Input<{ limit?: number; cursor?: string | null }>, {
      recurring_jobs: Array<Recurrence>;
      pagination: { limit: number; total: number; has_more: boolean; next_cursor: string | null };
    }, Recurrence>;
    /** Let a recurring job rest. */
    pauseRecurring: Method<[recurrence_id: string | number], undefined, Recurrence>;
    /** Send messages back to the queue that they came from. */
    redrive: Method<[], Input<Wanted>, { redriven: Array<string>; not_found: Array<string>; complete: boolean }>;
    /** Let a recurring job go on from its next time. */
    resumeRecurring: Method<[recurrence_id: string | number], undefined, Recurrence>;
    /** Make a job of the inputs that failed in another. */
    retry: Method<[job_id: string | number], undefined, JobReceipt>;
  };
  llm: {
    /** Answer a conversation. */
    chat: Method<[], Input<ChatRequest>, {
      request_id: string;
      model: string;
      requested_model: string;
      choices: Array<{ message: { role: "assistant"; content: string }; finish_reason: FinishReason }>;
      usage: TokenCounts;
      metadata: {
        processing_time: number;
        cost: number;
        provider: string;
        cached: boolean;
        sensitivity: SensitivityClass;
        audit_event_id: string;
        trace_id: string;
      };
    }>;
    /** Generate text. */
    generate: Method<[], Input<llm__aisemble__GenerateRequest>, {
      request_id: string;
      model: string;
      requested_model: string;
      generated_text: string;
      metadata: {
        processing_time: number;
        cost: number;
        provider: string;
        cached: boolean;
        sensitivity: SensitivityClass;
        audit_event_id: string;
        trace_id: string;
        tokens_used: number;
      };
      status: "completed";
    }>;
    /** List the language models. */
    models: Method<[], undefined, {
      models: Array<{
        id: string;
        name: string;
        description: string;
        max_tokens: number;
        cost_per_token: number;
        input_cost_per_token: number;
        capabilities: Array<string>;
        status: "available";
      }>;
    }>;
  };
  models: {
    /** Delete a model and its file. */
    delete: Method<[model_id: string | number], undefined, void>;
    /** A model, with its manifest and how far its load is. */
    get: Method<[model_id: string | number], undefined, LanguageModel | RegisteredModel>;
    /** List the models with what today's traffic says of them. */
    list: Method<[], undefined, { models: Array<LanguageModel | ListedModel> }>;
    /** Load a model. */
    load: Method<[model_id: string | number], Input<LoadRequest | null>, ModelChange>;
    /** What the tenant's own traffic says of a model. */
    performance: Method<[model_id: string | number], undefined, {
      model_id: string;
      performance_metrics: {
        requests_total: number;
        avg_response_time: number;
        p95_response_time: number;
        success_rate: number;
        error_rate: number;
        throughput_per_hour: number;
      };
      resource_usage: { memory_mb: number; gpu_memory_mb: null; cpu_percent: number };
    }>;
    /** Register a model by its manifest, and get a form to upload its file with. */
    register: Method<[], Input<Manifest>, RegisteredModel>;
    /** Unload a model; its file stays. */
    unload: Method<[model_id: string | number], undefined, { model_id: string; status: "unloaded"; message: string }>;
    /** A new form to upload the model's file with. */
    upload: Method<[model_id: string | number], undefined, { model_id: string; upload: Upload }>;
  };
  nlp: {
    /** Analyse a text: sentiment, entities, keywords, language. */
    analyze: Method<[], Input<AnalyzeRequest>, {
      request_id: string;
      text_length: number;
      detected_language?: string;
      language_confidence?: number;
      sentiment?: TextSentiment;
      entities?: Array<TextEntity>;
      keywords?: Array<TextKeyword>;
      model: string;
      requested_model?: string;
      metadata: TextMetadata;
    }>;
    /** Sum a text up. */
    summarize: Method<[], Input<SummarizeRequest>, {
      request_id: string;
      original_length: number;
      summary: string;
      summary_length: number;
      compression_ratio: number;
      model: string;
      requested_model?: string;
      metadata: TextMetadata;
    }>;
  };
  ops: {
    /** Metrics in Prometheus' text format. */
    metrics: Method<[], undefined, string>;
    /** The stack's logs, newest first. */
    readLogs: List<[], Input<{ service?: string | null; level?: ops__logs__Level | null; limit?: number; cursor?: string | null; trace_id?: string | null }>, {
      logs: Array<{
        timestamp: string;
        level: string;
        service: string;
        message: string;
        trace_id: string;
        details: Record<string, Json>;
      }>;
      pagination: CursorPagination;
    }, {
      timestamp: string;
      level: string;
      service: string;
      message: string;
      trace_id: string;
      details: Record<string, Json>;
    }>;
    /** Let a stopped service answer again. */
    start: Method<[service: string | number], Input<ops__schemas__Change>, ServiceAction>;
    /** Load, jobs and alerts of the whole stack. */
    status: Method<[], undefined, {
      system_status: SystemStatus;
      uptime: string;
      active_jobs: number;
      queued_jobs: number;
      failed_jobs_24h: number;
      resource_utilization: { cpu: number; memory: number; gpu: null };
      stopped_services: Array<{ service: string; at: string; by: string }>;
      alerts: Array<{ level: "warning"; message: string; timestamp: string }>;
    }>;
    /** Let a service refuse requests. */
    stop: Method<[service: string | number], Input<ops__schemas__Change>, ServiceAction>;
  };
  system: {
    /** Ai-semble: the machine, the database and what is around. */
    comprehensiveHealth: Method<[], undefined, {
      status: OverallHealth;
      timestamp: string;
      version: string;
      system_metrics: {
        cpu_usage: number;
        memory_usage: number;
        disk_usage: number;
        network_io: { bytes_sent: number; bytes_received: number };
      };
      database: {
        status: "connected" | "disconnected";
        connection_pool: { active: number; idle: number; max: number };
      };
      external_services: { model_registry: OverallHealth; monitoring: OverallHealth; storage: OverallHealth };
    }>;
    /** Ai-semble: health of each service. */
    healthOfServices: Method<[], undefined, {
      status: OverallHealth;
      timestamp: string;
      version: string;
      services: {
        orchestrator: { status: OverallHealth; response_time: number; uptime: number };
        llm_service: {
          status: OverallHealth;
          response_time: number;
          models_loaded: number;
          queue_size: number;
          unavailable_providers: Array<string>;
        };
        vision_service: { status: ServiceHealth; response_time: number; gpu_utilization: null; queue_size?: number };
        nlp_service: { status: ServiceHealth; response_time: number; memory_usage: string };
      };
    }>;
  };
  vision: {
    /** Look for objects, text and the scene in a picture. */
    analyze: Method<[], Input<{
      image: Blob | ArrayBuffer | ArrayBufferView;
      model?: string;
      sensitivity?: "PUBLIC" | "INTERNAL" | "SENSITIVE" | "CRITICAL";
      analysis_type?: Array<"object_detection" | "text_extraction" | "scene_analysis">;
    }>, {
      request_id: string;
      image_info: ImageInfo;
      analysis_results: ImageResults;
      backends: VisionBackends;
      event_ids: Array<string>;
      processing_time: number;
    }>;
    /** Say what a picture shows, the surest first. */
    classify: Method<[], Input<{
      image: Blob | ArrayBuffer | ArrayBufferView;
      model?: string;
      sensitivity?: "PUBLIC" | "INTERNAL" | "SENSITIVE" | "CRITICAL";
      top_k?: number;
    }>, {
      request_id: string;
      image_info: ImageInfo;
      predictions: Array<ImageClass>;
      model: string;
      backend: string;
      event_ids: Array<string>;
      processing_time: number;
    }>;
  };
  webhooks: {
    /** Change a webhook; what is left out stays. */
    change: Method<[webhook_id: string | number], Input<webhooks__schemas__Change>, Webhook>;
    /** A webhook, and how its deliveries went. */
    get: Method<[webhook_id: string | number], undefined, Webhook>;
    /** A delivery: what was sent, and each answer. */
    getDelivery: Method<[webhook_id: string | number, delivery_id: string | number], undefined, Delivery>;
    /** List webhooks, the oldest first. */
    list: List<[], Input<{ limit?: number; offset?: number }>, { webhooks: Array<Webhook>; pagination: Pagination }, Webhook>;
    /** The delivery log, newest first. */
    listDeliveries: List<[webhook_id: string | number], Input<{ status?: Outcome | null; limit?: number; cursor?: string | null }>, { deliveries: Array<Delivery>; pagination: CursorPagination }, Delivery>;
    /** Send one again. */
    redeliver: Method<[webhook_id: string | number, delivery_id: string | number], undefined, Delivery>;
    /** Send a span of time again: what failed, or all. */
    redeliverSpan: Method<[webhook_id: string | number], Input<Redelivery | null>, RedeliveredSpan>;
    /** Register a webhook; its secret is told this once. */
    register: Method<[], Input<webhooks__schemas__Registration>, Webhook>;
    /** Remove a webhook; what is pending is not sent. */
    remove: Method<[webhook_id: string | number], undefined, void>;
    /** Give a new secret; the former signs beside it for a while. */
    rotate: Method<[webhook_id: string | number], Input<Rotation | null>, Webhook>;
    /** Send a test event now, and see what the receiver answers. */
    test: Method<[webhook_id: string | number], undefined, TestDelivery>;
  };
}

export interface OpenaiGroups {
  v1: {
    /** Answer a conversation, at once or streamed. */
    chatCompletions: Streaming<[], Input<ChatCompletionRequest>, {
      id: string;
      created: number;
      object: "chat.completion";
      model: string;
      choices: Array<{
        index: number;
        message: { role: "assistant"; content: string | null; refusal: null; tool_calls?: Array<MadeCall> };
        logprobs: null;
        finish_reason: FinishReason;
      }>;
      usage: TokenCounts;
      pentarch: GatewayFacts;
    }>;
    /** Turn texts into vectors. */
    embeddings: Method<[], Input<EmbeddingsRequest>, {
      object: "list";
      model: string;
      data: Array<{ object: "embedding"; index: number; embedding: Array<number> | string }>;
      usage: { prompt_tokens: number; total_tokens: number };
      pentarch: GatewayFacts;
    }>;
    /** Look a model up. */
    modelOf: Method<[model: string | number], undefined, OpenaiModel>;
    /** List the models. */
    models: Method<[], undefined, { object: "list"; data: Array<OpenaiModel> }>;
  };
}

export interface PentarchGroups {
  clients: {
    /** Make an OAuth client; the answer shows its secret, and nothing else ever will. */
    create: Method<[], Input<NewPrincipal>, IssuedClient>;
    /** An OAuth client, without its secret; every client may look at itself. */
    get: Method<[id: string | number], undefined, Client>;
    /** List OAuth clients, newest first. */
    list: List<[], Input<{ limit?: number; cursor?: string | null }>, { items: Array<Client>; total: number; limit: number; next_cursor: string | null }, Client>;
    /** Revoke an OAuth client and all of its tokens. */
    revoke: Method<[id: string | number], undefined, { client_id: string; status: "revoked" }>;
  };
  datasets: {
    /** A place for a dataset, and a form to upload it with. */
    create: Method<[], Input<DatasetRequest>, {
      dataset: Dataset;
      upload: { url: string; fields: Record<string, string>; max_bytes: number };
      expires_in: number;
    }>;
    /** Delete a dataset and its file. */
    delete: Method<[id: string | number], undefined, void>;
    /** A dataset, and its size once it is uploaded. */
    get: Method<[id: string | number], undefined, { dataset: Dataset }>;
    /** List datasets, newest first. */
    list: List<[], Input<{ limit?: number; offset?: number }>, { datasets: Array<ListedDataset>; total: number; limit: number; offset: number }, ListedDataset>;
  };
  keys: {
    /** Make an API key; the answer shows it, and nothing else ever will. */
    create: Method<[], Input<NewPrincipal>, IssuedApiKey>;
    /** An API key, without its secret; every key may look at itself. */
    get: Method<[id: string | number], undefined, ApiKey>;
    /** List API keys, newest first. */
    list: List<[], Input<{ limit?: number; cursor?: string | null }>, { items: Array<ApiKey>; total: number; limit: number; next_cursor: string | null }, ApiKey>;
    /** Revoke an API key; every key may revoke itself. */
    revoke: Method<[id: string | number], undefined, { id: string; status: "revoked" }>;
    /** Give a key a new secret; every key may do so with itself. */
    rotate: Method<[id: string | number], undefined, IssuedApiKey>;
  };
  mcp: {
    /** A JSON-RPC message of the Model Context Protocol. */
    receive: Method<[], Input<Record<string, Json>>, RpcSuccess | RpcFailure>;
  };
  oauth: {
    /** The public keys of access tokens (RFC 7517). */
    publicKeys: Method<[], undefined, {
      keys: Array<{ kty: string; crv: string; x: string; y: string; kid: string; use: string; alg: string }>;
    }>;
    /** Get a token with client credentials (RFC 6749, section 4.4). */
    token: Method<[], Record<string, string>, OAuthToken>;
  };
  users: {
    /** Make a user. */
    create: Method<[], Input<NewUser>, User>;
    /** Deactivate a user and log it out everywhere. */
    deactivate: Method<[username: string | number], undefined, { username: string; status: "revoked" }>;
    /** A user; everybody may look at themselves. */
    get: Method<[username: string | number], undefined, User>;
    /** List users by name. */
    list: List<[], Input<{ limit?: number; cursor?: string | null }>, { items: Array<User>; total: number; limit: number; next_cursor: string | null }, User>;
    /** Change a user; everybody may change their own password. */
    update: Method<[username: string | number], Input<UserChange>, User>;
  };
}

export type Agent = {
  id: string;
  name: string;
  description: string;
  type: string;
  status: AgentStatus;
  configuration: AgentConfiguration;
  capabilities: Array<string>;
  tags: Array<string>;
  metadata: Json;
  version: number;
  created_at: string;
  updated_at: string;
  created_by: string;
  updated_by: string;
  warnings?: Array<string>;
};

export type AgentChange = {
  name?: string | null;
  description?: string | null;
  type?: string | null;
  status?: pentarch__agents__model__Status | null;
  configuration?: Configuration | null;
  capabilities?: Array<string> | null;
  tags?: Array<string> | null;
  metadata?: Record<string, Json> | null;
};

export type AgentConfiguration = {
  model: string;
  temperature: number;
  max_tokens: number;
  system_prompt: string;
  tools: Array<string>;
  max_turns?: number;
  sensitivity?: SensitivityClass;
};

export type AgentDefinition = { name: string; version?: string; instructions: string };

export type AgentRequest = {
  name: string;
  description?: string;
  type: string;
  status?: pentarch__agents__model__Status;
  configuration?: Configuration;
  capabilities?: Array<string>;
  tags?: Array<string>;
  metadata?: Record<string, Json>;
};

export type AgentRun = {
  session_id: string;
  status: SessionStatus;
  agent: string;
  round: number;
  progress: number;
  message: string;
  artifacts: Array<{ path: string; diff: string }>;
  error?: RunFailure;
  reason?: string;
  log?: Array<{ at: string; message: string }>;
  approval?: PendingApproval;
};

export type AgentStatus = "active" | "inactive";

export type AgentVersion = {
  agent_id: string;
  version: number;
  created_at: string;
  created_by: string;
  changed: Array<string>;
  agent: {
    name: string;
    description: string;
    type: string;
    status: AgentStatus;
    configuration: AgentConfiguration;
    capabilities: Array<string>;
    tags: Array<string>;
    metadata: Json;
  };
};

export type AnalyzeRequest = {
  text: string;
  model?: string | null;
  sensitivity?: Sensitivity | null;
  analysis_types?: Array<nlp__model__Kind>;
  language?: "auto" | string;
};

export type AnsweredInput = {
  index: number;
  id: string;
  original_index?: number;
  status: "completed";
  output: LlmJobOutput | TextJobOutput | SummaryJobOutput | VisionJobOutput;
};

export type ApiKey = {
  id: string;
  name: string;
  roles: Array<RoleName>;
  scopes: Array<string>;
  status: CredentialStatus;
  created_at: string;
  created_by: string;
  expires_at: string | null;
};

export type ApprovalRule = { roles?: Array<string>; by_starter?: boolean };

export type ApproveRequest = { comment?: string | null; artifacts?: Array<string> | null; digest?: string | null };

export type ApprovedStatus = "approved";

export type AuditEvent = {
  id: string;
  timestamp: string;
  agent: string;
  action: string;
  resource: string;
  sensitivity: string | null;
  compliance_tags: Array<string>;
  evidence: Record<string, Json>;
  type: string;
  actor: string;
  correlation_id: string;
};

export type AuditStep = { step: AuditStepName; timestamp: string; result: string };

export type AuditStepName = "contract_matching" | "rule_evaluation" | "security_verification" | "optimization" | "fallback";

export type AuditedChange = {
  event_id: string;
  timestamp: string;
  type: ConfigurationEvent;
  action: ConfigurationAction;
  actor: string;
  correlation_id: string;
  config_id?: string;
  config_type?: ConfigurationType;
  tenant_id?: string;
  name?: string;
  version?: number;
  previous_version?: number;
  origin?: ConfigurationOrigin;
  source_version?: number;
  percentage?: number;
  content_sha256?: string;
  compared?: ComparedVersions;
  changes?: Array<ValueChange>;
  alarm?: string;
  configurations?: Array<ConfigurationChange>;
};

export type AwaitedTraining = {
  training_job_id: string;
  status: TrainingStatus;
  estimated_duration: number | null;
  job_id: string;
  specialist_id: string;
  type: TrainingKind;
  phase: TrainingPhase;
  progress: number | null;
  current_epoch: number | null;
  total_epochs: number;
  stopped_early: boolean;
  metrics: TrainingMetrics;
  loss_curve: Array<EpochMeasures>;
  estimated_completion: string | null;
  dataset: DatasetReport;
  parameters: TrainingParameters;
  provider_job: ProviderJob | null;
  version: number | null;
  error: TrainingFailure | null;
  created_at: string;
  started_at: string | null;
  completed_at: string | null;
};

export type BegunExecution = {
  execution_id: string;
  workflow_id: string | null;
  agent_id?: string;
  status: ExecutionStatus;
  started_at: string;
  estimated_completion: string;
  progress: { current_step: number; total_steps: number; percentage: number };
  rerun_of?: string;
};

export type BegunRun = { session_id: string; status: SessionStatus; agent: string };

export type Bounds = {
  max_latency_ms?: number | null;
  min_throughput_tokens_per_sec?: number | null;
  max_cost_per_token?: number | null;
  min_reliability?: number | null;
};

export type Bucket = { type: "s3"; key: string };

export type CallMade = { id: string; type?: "function"; function: FunctionCalled };

export type ChatCompletionRequest = {
  model: string;
  messages: Array<llm__openai__ChatMessage>;
  max_tokens?: number | null;
  max_completion_tokens?: number | null;
  temperature?: number | null;
  top_p?: number | null;
  frequency_penalty?: number | null;
  presence_penalty?: number | null;
  stop?: string | Array<string> | null;
  seed?: number | null;
  n?: number | null;
  stream?: boolean | null;
  stream_options?: StreamOptions | null;
  sensitivity?: Sensitivity | null;
  cache_ttl?: number | null;
  agent_name?: string | null;
  tools?: Array<ToolOffered> | null;
  tool_choice?: "none" | "auto" | "required" | Choice | null;
  [name: string]: Json;
};

export type ChatRequest = {
  model?: string;
  max_tokens?: number;
  temperature?: number;
  parameters?: Parameters;
  sensitivity?: Sensitivity | null;
  cache_ttl?: number | null;
  messages: Array<llm__aisemble__ChatMessage>;
};

export type CheckComparison = {
  previous_check_id: string | null;
  new: Array<string>;
  fixed: Array<FixedFinding>;
  still_failing: Array<string>;
  not_seen: Array<string>;
};

export type CheckReceipt = { check_id: string; framework: ComplianceFramework; status: CheckStatus; status_url: string };

export type CheckRequest = {
  framework: "SOC2" | "GDPR" | "HIPAA" | "PCI-DSS";
  scope?: RequestedScope;
  evidence_types?: Array<"audit_logs" | "data_processing" | "access_control" | "configuration" | "monitoring"> | null;
  generate_report?: boolean;
  async?: boolean;
};

export type CheckResult = {
  id: string;
  title: string;
  severity: FindingSeverity;
  evidence_type: EvidenceKind;
  verdict: CheckVerdict;
  reason: string | null;
  rationale: string;
  remediation: string;
  examined: Array<string>;
  examined_count: number;
  faults: Array<{ resource: string; message: string }>;
  fault_count: number;
};

export type CheckScope = { organization: string | null; project: string | null; time_range: { start: string; end: string } };

export type CheckSeal = { tree_size: number; root: string; batch: number; signed_at: string; key_id: string };

export type CheckStatus = "queued" | "completed" | "failed" | "cancelled";

export type CheckSummary = {
  check_id: string;
  framework: ComplianceFramework;
  status: CheckStatus;
  scope: CheckScope;
  evidence_types: Array<EvidenceKind>;
  requested_by: string;
  requested_at: string;
  completed_at: string | null;
  report_url: string | null;
  failure?: string;
  overall_compliance?: number;
  assessed_share?: number;
  finding_counts?: FindingCounts;
  previous_check_id?: string | null;
  new?: number;
  fixed?: number;
  still_failing?: number;
  not_seen?: number;
};

export type CheckVerdict = "passed" | "failed" | "not_assessed" | "not_applicable";

export type Choice = { type: "function"; function: _Named };

export type Client = {
  client_id: string;
  name: string;
  roles: Array<RoleName>;
  scopes: Array<string>;
  status: CredentialStatus;
  created_at: string;
  created_by: string;
  expires_at: string | null;
};

export type CodeHashes = Record<string, string>;

export type ComparedVersions = { from: number | null; to: number | null };

export type CompletedCheck = {
  check_id: string;
  framework: ComplianceFramework;
  status: CheckStatus;
  overall_compliance: number;
  assessed_share: number;
  controls: Array<ControlScore>;
  finding_counts: FindingCounts;
  findings: Array<Finding>;
  comparison: {
    previous_check_id: string | null;
    new: Array<string>;
    fixed: Array<string>;
    still_failing: Array<string>;
    not_seen: Array<string>;
  };
  scope: CheckScope;
  completed_at: string;
  report_url: string | null;
};

export type ComplianceCheck = {
  check_id: string;
  framework: ComplianceFramework;
  status: CheckStatus;
  scope: CheckScope;
  evidence_types: Array<EvidenceKind>;
  requested_by: string;
  requested_at: string;
  completed_at: string | null;
  report_url: string | null;
  failure?: string;
  overall_compliance?: number;
  assessed_share?: number;
  finding_counts?: FindingCounts;
  previous_check_id?: string | null;
  new?: number;
  fixed?: number;
  still_failing?: number;
  not_seen?: number;
  tenant?: string;
  framework_title?: string;
  framework_version?: string;
  started_at?: string;
  controls?: Array<ControlResult>;
  checks?: Array<CheckResult>;
  findings?: Array<Finding>;
  comparison?: CheckComparison;
  seal?: CheckSeal | null;
  evidence?: EvidenceFile;
  document_sha256?: string;
  document_url?: string;
  expires_in?: number;
};

export type ComplianceFramework = "SOC2" | "GDPR" | "HIPAA" | "PCI-DSS";

export type ComplianceSchedule = {
  framework: ComplianceFramework;
  expression: string;
  enabled: boolean;
  scope: { organization: string | null; project: string | null };
  range_days: number;
  evidence_types: Array<EvidenceKind>;
  generate_report: boolean;
  next_assessment: string | null;
  created_at: string;
  updated_at: string;
  updated_by: string;
  in_force?: boolean;
};

export type Config = {
  environment_variables?: Record<string, Json>;
  resource_limits?: ResourceLimits;
  container?: string | null;
};

export type ConfigType = "policy" | "constraint" | "slo" | "tenant" | "routing_weights" | "routing_policy" | "sensitivity_policy" | "limits" | "budget" | "retention" | "approval" | "session_approval";

export type Configuration = {
  model?: string;
  temperature?: number;
  max_tokens?: number;
  system_prompt?: string;
  tools?: Array<string>;
  max_turns?: number | null;
  sensitivity?: Sensitivity | null;
};

export type ConfigurationAction = "configuration_create" | "configuration_update" | "configuration_delete" | "configuration_rollback" | "configuration_import" | "configuration_propose" | "configuration_approve" | "configuration_reject" | "configuration_rollout_start" | "configuration_rollout_change" | "configuration_rollout_complete" | "configuration_rollout_roll_back";

export type ConfigurationChange = {
  config_id: string;
  config_type: ConfigurationType;
  tenant_id: string;
  name: string;
  version: number;
  previous_version?: number;
  origin: ConfigurationOrigin;
  content_sha256: string;
  compared: ComparedVersions;
  changes: Array<ValueChange>;
};

export type ConfigurationEvent = "configuration.created" | "configuration.updated" | "configuration.deleted" | "configuration.rolled_back" | "configuration.imported" | "configuration.proposed" | "configuration.approved" | "configuration.rejected" | "configuration.rollout_started" | "configuration.rollout_changed" | "configuration.rollout_completed" | "configuration.rollout_rolled_back";

export type ConfigurationOrigin = "create" | "update" | "rollback" | "import" | "delete";

export type ConfigurationRollout = { version: number; value: Json; percentage: number; alarm: string | null; created_by: string };

export type ConfigurationState = "active" | "rolling_out" | "pending_approval";

export type ConfigurationType = "policy" | "constraint" | "slo" | "tenant" | "routing_weights" | "routing_policy" | "sensitivity_policy" | "limits" | "budget" | "retention" | "approval" | "session_approval";

export type ConfigurationVersion = {
  config_id: string;
  version: number;
  value: Json;
  description: string | null;
  state: ConfigurationVersionState;
  change: ConfigurationOrigin;
  source_version: number | null;
  created_at: string;
  created_by: string;
};

export type ConfigurationVersionState = "active" | "pending_approval" | "rolling_out" | "superseded" | "rejected" | "rolled_back";

export type Consumption = {
  requests: number;
  cached_requests: number;
  prompt_tokens: number;
  completion_tokens: number;
  cost_usd: number;
};

export type ControlResult = {
  id: string;
  name: string;
  description: string;
  status: ControlStatus;
  score: number;
  weight: number;
  evidence_count: number;
  checks: Array<string>;
};

export type ControlScore = {
  id: string;
  name: string;
  status: ControlStatus;
  score: number;
  weight: number;
  evidence_count: number;
};

export type ControlStatus = "compliant" | "partially_compliant" | "non_compliant" | "not_assessed" | "not_applicable";

export type CreateRequest = { skill: string; input?: SkillInput };

export type CredentialEntry = { name: string; fingerprint: string; revision: number; updated_at: string; updated_by: string };

export type CredentialStatus = "active" | "revoked";

export type CredentialValue = { value: string };

export type CursorPagination = { limit: number; has_more: boolean; next_cursor: string | null };

export type DataPolicy = {
  region?: string;
  retention_days?: number;
  certifications?: Array<string>;
  max_sensitivity?: SensitivityClass;
};

export type Dataset = { id: string; name: string; format: DatasetFormat; size_bytes: number | null; created_at: string };

export type DatasetFormat = "csv" | "jsonl";

export type DatasetReport = {
  rows?: number;
  empty_rows?: number;
  empty_lines?: Array<number>;
  duplicates?: number;
  duplicate_lines?: Array<number>;
  splits?: { train: number; validation: number; test: number };
  dataset_hash?: string;
  labels?: Record<string, number>;
  warnings?: Array<string>;
};

export type DatasetRequest = { name: string; format?: string };

export type DeadLetter = {
  message_id: string;
  queue: string;
  sent_at: string;
  about: { step?: string; job_id?: string; shard?: number; recurrence_id?: string; target?: string };
  reason: string;
  age: number;
};

export type DecidedStepStatus = "completed" | "failed";

export type Decision = { comment?: string; data?: Record<string, Json> };

export type DelegatedResult = Record<string, Json>;

export type DeliveredEvent = { event: string; timestamp: string; data: Record<string, Json> };

export type Delivery = {
  id: string;
  webhook_id: string;
  event: string;
  event_at: string;
  status: DeliveryStatus;
  attempts: number;
  redelivered: number;
  next_attempt_at: string | null;
  last_attempt: DeliveryAttempt | null;
  request?: DeliveredEvent;
  attempt_log?: Array<DeliveryAttempt>;
};

export type DeliveryAttempt = {
  at: string;
  status_code: number | null;
  response_ms: number;
  error: string | null;
  response: string;
};

export type DeliveryStatus = "pending" | "delivered" | "failed";

export type Deploy = { service: string; version: string; config?: Config; strategy?: infrastructure__model__Strategy };

export type DeployRequest = {
  environment: Environment;
  rollback_on_failure?: boolean;
  version?: number | null;
  canary_share?: number | null;
  shadow?: number | null;
};

export type Deployment = {
  deployment_id: string;
  kind: DeploymentKind;
  action: DeploymentAction;
  service: string | null;
  resource: string;
  environment: DeploymentEnvironment | null;
  version: string;
  previous_version: string | null;
  strategy: DeploymentStrategy;
  status: DeploymentStatus;
  progress: number;
  start_time: string;
  completion_time: string | null;
  requested_by: string;
  rollback_of: string | null;
  reason: string | null;
  events: Array<DeploymentEvent>;
};

export type DeploymentAction = "deploy" | "update" | "restart" | "rollback";

export type DeploymentEntry = {
  deployment_id: string;
  kind: DeploymentKind;
  action: DeploymentAction;
  service: string | null;
  resource: string;
  environment: DeploymentEnvironment | null;
  version: string;
  previous_version: string | null;
  strategy: DeploymentStrategy;
  status: DeploymentStatus;
  progress: number;
  start_time: string;
  completion_time: string | null;
  requested_by: string;
  rollback_of: string | null;
  reason: string | null;
};

export type DeploymentEnvironment = "staging" | "production";

export type DeploymentEvent = { timestamp: string; message: string; level: DeploymentEventLevel };

export type DeploymentEventLevel = "info" | "warning" | "error";

export type DeploymentKind = "service" | "specialist" | "configuration";

export type DeploymentProbe = {
  healthy?: boolean;
  rows?: number;
  accuracy?: number | null;
  latency_ms?: number | null;
  tokens?: number;
  cost_usd?: number;
  passed?: boolean;
};

export type DeploymentStatus = "queued" | "deploying" | "completed" | "failed" | "rolling_back" | "rolled_back";

export type DeploymentStrategy = "rolling_update" | "blue_green" | "canary" | "shadow";

export type DifferenceValue = string | number | null;

export type Discovery = {
  capability: string;
  constraints?: Bounds;
  traits?: Record<string, string>;
  limit?: number;
  cursor?: string | null;
};

export type EmbeddingsRequest = {
  model: string;
  input: string | Array<string>;
  encoding_format?: "float" | "base64";
  sensitivity?: Sensitivity | null;
};

export type EndedConfiguration = { config_id: string; version: number; state: EndedConfigurationState };

export type EndedConfigurationState = "deleted" | "rejected";

export type Environment = "staging" | "production";

export type EpochMeasures = {
  epoch: number;
  seconds: number | null;
  loss: number;
  accuracy?: number;
  training_accuracy?: number;
  validation_loss?: number;
};

export type ErrorHandling = { strategy?: workflows__definition__Strategy; max_retries?: number; backoff_multiplier?: number };

export type ErrorStrategy = "fail_fast" | "continue" | "retry_with_backoff" | "compensate";

export type Evaluation = {
  service_id: string;
  excluded: Exclusion | null;
  utilities: Utilities | null;
  score: number | null;
};

export type EvidenceFile = { key: string; sha256: string; collected_at: string };

export type EvidenceKind = "audit_logs" | "data_processing" | "access_control" | "configuration" | "monitoring";

export type Exclusion = { stage: RoutingStage; rule: string; reason: string };

export type ExecuteAgentRequest = { parameters?: Record<string, Json>; context?: Record<string, Json>; timeout?: number };

export type Execution = {
  id: string;
  workflow_id: string | null;
  workflow_name: string | null;
  agent_id: string | null;
  status: ExecutionStatus;
  started_at: string | null;
  completed_at: string | null;
  duration: number | null;
  steps_completed: number;
  steps_failed: number;
  result_summary: ResultSummary | null;
  error?: ExecutionError;
  created_at: string;
  version: string | null;
  steps: Array<ExecutionStep>;
  final_result: StepResult | null;
  metadata: {
    total_tokens: number;
    total_cost: number;
    user_id: string | null;
    workflow_revision: number | null;
    rerun_of: string | null;
    correlation_id: string;
  };
};

export type ExecutionError = { reason: ExecutionErrorReason; message: string };

export type ExecutionErrorReason = "timeout" | "rate_limited" | "unavailable" | "upstream_failed" | "upstream_timeout" | "lost" | "internal" | "tool_failed" | "invalid" | "not_found" | "conflict" | "forbidden" | "policy_refused" | "quota_exceeded" | "rejected" | "expired";

export type ExecutionLogLevel = "debug" | "info" | "warning" | "error";

export type ExecutionOutcome = "success" | "partial" | "failed" | "cancelled";

export type ExecutionProgress = { current_step: number; total_steps: number; percentage: number; current_step_name: string | null };

export type ExecutionStatus = "queued" | "running" | "completed" | "failed" | "cancelled";

export type ExecutionStep = {
  step_id: string;
  step_name: string;
  type: WorkflowStepType;
  agent_id: string | null;
  status: ExecutionStepStatus;
  started_at: string | null;
  completed_at: string | null;
  duration: number | null;
  result: StepResult | null;
  attempts: number;
  tokens: number;
  cost: number;
  tool_id?: string;
  items?: number;
  error?: ExecutionError;
  reason?: string;
};

export type ExecutionStepStatus = "pending" | "queued" | "running" | "waiting_for_approval" | "retrying" | "completed" | "failed" | "skipped" | "cancelled";

export type Export = {
  export_id: string;
  status: ExportStatus;
  format: ExportFormat;
  requested_at: string;
  status_url: string;
  retry_after?: number;
  download_url?: string;
  expires_in?: number;
  bytes?: number;
  sha256?: string;
  events?: number;
};

export type ExportFormat = "json" | "csv" | "pdf" | "ocsf";

export type ExportStatus = "requested" | "completed" | "failed" | "cancelled";

export type ExportedConfiguration = {
  config_id: string;
  tenant_id: string;
  config_type: ConfigurationType;
  name: string;
  description: string | null;
  value: Json;
  version: number;
  state: ConfigurationState;
  created_at: string;
  created_by: string;
  updated_at: string;
  updated_by: string;
  pending?: PendingChange;
  rollout?: ConfigurationRollout;
  history?: Array<ConfigurationVersion>;
};

export type FailedInput = {
  index: number;
  id: string;
  original_index?: number;
  status: "failed";
  error: { code: string; message: string; details: Record<string, Json> };
};

export type Failure = "timeout" | "rate_limited" | "unavailable" | "upstream_failed" | "upstream_timeout" | "lost" | "internal" | "tool_failed" | "invalid" | "not_found" | "conflict" | "forbidden" | "policy_refused" | "quota_exceeded" | "rejected" | "expired";

export type Family = "kubernetes" | "docker" | "vm" | "lambda";

export type FileEntry = {
  path: string;
  version: number;
  size: number;
  sha256: string | null;
  content_type: string | null;
  modified: string;
  author: string;
  event_id: string;
  deleted: boolean;
};

export type FilesWanted = { min?: number; max?: number };

export type Finding = {
  id: string;
  check_id: string;
  title: string;
  severity: FindingSeverity;
  resource: string;
  message: string;
  remediation: string;
  controls: Array<string>;
  state: FindingState;
  first_seen: string;
};

export type FindingCounts = { critical: number; high: number; medium: number; low: number };

export type FindingSeverity = "critical" | "high" | "medium" | "low";

export type FindingState = "new" | "still_failing" | "not_seen";

export type FinishReason = "stop" | "length" | "content_filter" | "tool_calls";

export type FixedFinding = {
  id: string;
  check_id: string;
  severity: FindingSeverity;
  resource: string;
  message: string;
  first_seen: string;
};

export type Form = "json" | "csv" | "pdf" | "ocsf";

export type FoundService = {
  service_id: string;
  name: string;
  version: string;
  base_url: string;
  capabilities: Array<string>;
  guarantees: Guarantees;
  cost_per_token: number | null;
};

export type FunctionCalled = { name: string; arguments: string };

export type FunctionOffered = { name: string; description?: string; parameters?: Record<string, Json> };

export type GatewayCacheStatus = "connected" | "disconnected";

export type GatewayFacts = {
  requested_model: string;
  provider: string;
  cached: boolean;
  sensitivity: SensitivityClass;
  cost_usd: number;
  audit_event_id: string;
  trace_id: string;
};

export type GatewayFinishReason = "stop" | "length" | "content_filter" | "tool_calls";

export type GatewayStatus = "healthy" | "degraded" | "unhealthy";

export type GuaranteeComposition = {
  latency_ms?: number;
  throughput_tokens_per_sec?: number;
  reliability?: number;
  cost_per_token?: number;
};

export type Guarantees = { latency_ms?: number; throughput_tokens_per_sec?: number; reliability?: number };

export type HeadStatement = {
  kind: string;
  tenant: string;
  batch: number;
  size: number;
  root: string;
  previous: string;
  timestamp: string;
  key_id: string;
};

export type Heartbeat = { interval_seconds?: number };

export type ImageClass = { class: string; confidence: number; class_id: number };

export type ImageInfo = {
  width: number;
  height: number;
  format: string;
  size_bytes: number;
  mode: string;
  exif_orientation?: number;
  frames?: number;
  analyzed_frame?: number;
};

export type ImageResults = {
  text?: Array<{ text: string; confidence: number; bbox: Array<number> }>;
  objects?: Array<{ class: string; confidence: number; bbox: Array<number> }>;
  scene?: ImageScene;
};

export type ImageScene = {
  setting: SceneSetting;
  time_of_day: SceneTime;
  weather: SceneWeather;
  confidence: { setting: number; time_of_day: number; weather: number };
  brightness: number;
  contrast: number;
  sharpness: number;
  saturation: number;
  dominant_colors: Array<{ hex: string; share: number }>;
  labels?: Array<{ name: string; confidence: number }>;
};

export type Imported = {
  tenant_id?: string | null;
  config_type: ConfigType;
  name: string;
  value: Record<string, Json>;
  description?: string | null;
  config_id?: string | null;
};

export type InGateway = { mode?: pentarch__llm__specialists__Mode };

export type InfrastructureResource = {
  id: string;
  name: string;
  type: InfrastructureType;
  status: InfrastructureStatus;
  replicas: number;
  cpu_usage: number | null;
  memory_usage: number | null;
  last_updated: string;
  service: string | null;
  details: Record<string, string | number | null>;
};

export type InfrastructureSource = "lambda" | "ecs" | "ec2" | "eks" | "cloudwatch";

export type InfrastructureStatus = "running" | "stopped" | "failed";

export type InfrastructureType = "kubernetes_deployment" | "docker_service" | "vm_instance" | "vm_scaling_group" | "vm_lambda_function";

export type InputSpec = {
  width: number;
  height: number;
  channels?: 1 | 3;
  name?: string | null;
  layout?: "NCHW" | "NHWC";
  resize?: "stretch" | "crop" | "letterbox" | "figure";
  scale?: number;
  mean?: Array<number>;
  std?: Array<number>;
};

export type InputsWanted = { files?: FilesWanted; args?: Record<string, Json> };

export type Invocation = { payload?: Json };

export type IssuedApiKey = {
  id: string;
  name: string;
  roles: Array<RoleName>;
  scopes: Array<string>;
  status: CredentialStatus;
  created_at: string;
  created_by: string;
  expires_at: string | null;
  key: string;
};

export type IssuedClient = {
  client_id: string;
  name: string;
  roles: Array<RoleName>;
  scopes: Array<string>;
  status: CredentialStatus;
  created_at: string;
  created_by: string;
  expires_at: string | null;
  client_secret: string;
};

export type Job = {
  job_id: string;
  name: string;
  type: JobType;
  service: JobService;
  status: JobStatus;
  priority: JobPriority;
  parameters: Record<string, Json>;
  progress: { completed: number; failed: number; total: number; percentage: number };
  created_at: string;
  started_at: string | null;
  completed_at: string | null;
  estimated_completion: string | null;
  scheduled_at: string | null;
  depends_on: Array<string>;
  retry_of: string | null;
  recurrence_id: string | null;
  target_id: string | null;
  results_available: boolean;
  results_url: string | null;
  logs: Array<{ timestamp: string; level: JobLogLevel; message: string }>;
};

export type JobLogLevel = "INFO" | "WARNING" | "ERROR";

export type JobPriority = "low" | "normal" | "high" | "urgent";

export type JobReceipt = {
  job_id: string;
  name: string;
  status: JobStatus;
  created_at: string;
  estimated_completion: string | null;
  priority: JobPriority;
  scheduled_at?: string;
  depends_on?: Array<string>;
  retry_of?: string;
};

export type JobRequest = {
  name: string;
  type: "batch_processing" | "inference" | "training" | "compliance_scan" | "export" | "workflow";
  service?: "llm" | "vision" | "nlp" | "specialists" | "compliance" | "workflows";
  parameters: Record<string, Json>;
  priority?: Priority;
  scheduled_at?: string | null;
  depends_on?: Array<string>;
};

export type JobResult = AnsweredInput | FailedInput;

export type JobService = "llm" | "vision" | "nlp" | "specialists" | "compliance" | "workflows";

export type JobState = "scheduled" | "waiting" | "queued" | "running" | "completed" | "failed" | "cancelled";

export type JobStatus = "scheduled" | "waiting" | "queued" | "running" | "completed" | "failed" | "cancelled";

export type JobType = "batch_processing" | "inference" | "training" | "compliance_scan" | "export" | "workflow";

export type Labels = { organization?: string | null; project?: string | null };

export type LanguageModel = {
  id: string;
  name: string;
  type: "language_model";
  version: string;
  status: "loaded";
  provider: string;
  capabilities: Array<string>;
  parameters: { max_tokens: number; context_length: number };
  performance: ModelTraffic;
};

export type ListedAgent = {
  id: string;
  name: string;
  description: string;
  type: string;
  status: AgentStatus;
  configuration: { model: string; temperature: number; max_tokens: number };
  capabilities: Array<string>;
  tags: Array<string>;
  metadata: Json;
  version: number;
  created_at: string;
  updated_at: string;
  created_by: string;
  updated_by: string;
};

export type ListedDataset = { id: string; name: string; format: DatasetFormat; created_at: string };

export type ListedExecution = {
  id: string;
  workflow_id: string | null;
  workflow_name: string | null;
  agent_id: string | null;
  status: ExecutionStatus;
  started_at: string | null;
  completed_at: string | null;
  duration: number | null;
  steps_completed: number;
  steps_failed: number;
  result_summary: ResultSummary | null;
  error?: ExecutionError;
};

export type ListedModel = {
  id: string;
  name: string;
  type: VisionModelType;
  version: string;
  status: ModelStatus;
  provider: "onnx";
  capabilities: Array<VisionTask>;
  parameters: ModelFile;
  owner: ModelOwner;
  progress: number;
  error?: string;
  performance: ModelTraffic;
};

export type ListedService = {
  service_id: string;
  name: string;
  version: string;
  base_url: string;
  capabilities: Array<string>;
  guarantees: Guarantees;
  cost_per_token: number | null;
  protocol: string;
  status: ServiceStatus;
};

export type LlmJobOutput = {
  text: string;
  model: string;
  requested_model: string;
  finish_reason: FinishReason;
  tokens_used: number;
  cached: boolean;
  sensitivity: SensitivityClass;
  event_id: string;
};

export type LoadRequest = { force_reload?: boolean; gpu_device?: number | null };

export type LogLine = {
  timestamp: string;
  level: ExecutionLogLevel;
  message: string;
  step_id: string | null;
  metadata: Json;
};

export type Login = { username: string; password: string };

export type MadeCall = { id: string; type: "function"; function: { name: string; arguments: string } };

export type Manifest = {
  id: string;
  task: "image_classification" | "object_detection";
  labels: Array<string>;
  input: InputSpec;
  output: OutputSpec;
  sha256: string;
  size_bytes: number;
  format?: "onnx";
  name?: string | null;
  version?: string;
  description?: string;
};

export type MissedTime = { due_at: string; reason: string };

export type ModelChange = { model_id: string; status: ModelStatus; estimated_time: number; progress: number; message: string };

export type ModelFile = {
  format: "onnx";
  labels: number;
  input: { width: number; height: number; channels: number };
  size_bytes: number;
};

export type ModelManifest = {
  id: string;
  task: VisionTask;
  labels: Array<string>;
  input: {
    width: number;
    height: number;
    channels: number;
    name: string | null;
    layout: "NCHW" | "NHWC";
    resize: "stretch" | "crop" | "letterbox" | "figure";
    scale: number;
    mean: Array<number>;
    std: Array<number>;
  };
  output: {
    layout: "logits" | "probabilities" | "yolov8";
    name: string | null;
    confidence: number;
    iou: number;
    max_detections: number;
  };
  sha256: string;
  size_bytes: number;
  format: "onnx";
  name: string | null;
  version: string;
  description: string;
};

export type ModelOwner = "deployment" | "tenant";

export type ModelPolicy = { name?: string; temperature?: number; max_tokens?: number; sensitivity?: string | null };

export type ModelStatus = "unloaded" | "loading" | "loaded" | "failed";

export type ModelTraffic = { avg_response_time: number; requests_per_hour: number };

export type Monitoring = { telemetry_enabled?: boolean; trace_sampling?: number };

export type NewConfiguration = {
  tenant_id?: string | null;
  config_type: ConfigType;
  name: string;
  value: Record<string, Json>;
  description?: string | null;
};

export type NewPrincipal = {
  roles: Array<"admin" | "operator" | "developer" | "auditor" | "viewer">;
  name: string;
  scopes?: Array<string>;
  expires_in_days?: number | null;
  expires_at?: string | null;
};

export type NewTool = {
  description?: string | null;
  category?: string | null;
  capabilities?: Array<string> | null;
  credential?: string | null;
  openapi?: Record<string, Json> | null;
  operation?: string | null;
  url?: string | null;
  name: string;
  kind: "http" | "mcp";
};

export type NewUser = {
  roles: Array<"admin" | "operator" | "developer" | "auditor" | "viewer">;
  username: string;
  password: string;
};

export type OAuthToken = { access_token: string; token_type?: "Bearer"; expires_in: number; scope: string };

export type Observation = { latency_ms: number; success: boolean };

export type OpenaiModel = { id: string; object: "model"; created: number; owned_by: string };

export type Order = "name" | "created_at" | "updated_at";

export type Outcome = "pending" | "delivered" | "failed";

export type OutputDefinition = { path: string; content_type: string; schema?: Record<string, Json> | null };

export type OutputSpec = {
  layout: "logits" | "probabilities" | "yolov8";
  name?: string | null;
  confidence?: number;
  iou?: number;
  max_detections?: number;
};

export type OverallHealth = "healthy" | "degraded" | "unhealthy";

export type OwnTool = {
  id: string;
  name: string;
  description: string;
  category: string;
  capabilities: Array<string>;
  input_schema: Json;
  kind: OwnToolKind;
  created_at: string;
  updated_at: string;
  created_by: string;
};

export type OwnToolKind = "http";

export type PageInfo = { page: number; pageSize: number; totalItems: number; totalPages: number };

export type Pagination = { limit: number; offset: number; total: number; has_more: boolean };

export type Parameters = { top_p?: number | null; frequency_penalty?: number | null; presence_penalty?: number | null };

export type PendingApproval = { digest: string; digest_required: boolean; expires: string };

export type PendingChange = {
  version: number;
  value: Json;
  percentage: number | null;
  alarm: string | null;
  created_by: string;
  change: ConfigurationOrigin;
};

export type PlannedSynchronisation = {
  sync_id: null;
  status: PlannedSynchronisationStatus;
  dry_run: boolean;
  source: SynchronisedSource;
  steps: Array<PlannedSynchronisationStep>;
};

export type PlannedSynchronisationStatus = "planned" | "in_sync";

export type PlannedSynchronisationStep = {
  action: SynchronisationAction;
  service: string;
  strategy?: ServiceStrategy;
  version?: string;
  differences: Array<StateDifference>;
};

export type PolicyEstimate = { value: number; low: number; high: number };

export type PredictRequest = {
  text?: string | null;
  features?: Array<number> | Record<string, number> | null;
  inputs?: Array<Json> | null;
  environment?: Environment | null;
};

export type Priority = "low" | "normal" | "high" | "urgent";

export type PromptSensitivity = "PUBLIC" | "INTERNAL" | "SENSITIVE" | "CRITICAL";

export type ProofLink = {
  version: string;
  snapshot_hash: string;
  problem: RoutingProblem;
  weights: Utilities;
  order: Array<string>;
  evaluations: Array<Evaluation>;
  chosen: string | null;
  failures?: Array<{ service_id: string; reason: string }>;
};

export type Proposal = {
  name: string;
  description: string;
  skills: Array<string>;
  training_config?: TrainingConfig;
  validation_criteria?: ValidationCriteria;
  gateway?: InGateway;
};

export type ProposedFile = { path: string; size: number; diff: string; sha256: string; base_version: number };

export type ProviderJob = {
  job: string | null;
  status: string | null;
  step: number | null;
  total_steps: number | null;
  trained_tokens: number | null;
  deployment: string | null;
  deployment_status: string | null;
};

export type Recurrence = {
  recurrence_id: string;
  name: string;
  status: RecurrenceStatus;
  expression: string;
  time_zone: string;
  next_at: string | null;
  job: {
    name: string;
    type: JobType;
    service: JobService;
    parameters: Record<string, Json>;
    priority?: JobPriority;
  };
  jobs_made: number;
  last_job_id: string | null;
  last_due_at: string | null;
  missed: number;
  last_missed: MissedTime | null;
  created_at: string;
  updated_at: string;
  in_force?: boolean;
};

export type RecurrenceRequest = {
  name: string;
  expression?: string | null;
  interval?: "daily" | "weekly" | "monthly" | "quarterly" | null;
  time_zone?: string;
  enabled?: boolean;
  job: RecurringJob;
};

export type RecurrenceStatus = "active" | "paused";

export type RecurringJob = {
  name: string;
  type: "batch_processing" | "inference" | "training" | "compliance_scan" | "export" | "workflow";
  service?: "llm" | "vision" | "nlp" | "specialists" | "compliance" | "workflows";
  parameters: Record<string, Json>;
  priority?: Priority;
};

export type RedeliveredSpan = { status: "accepted"; from: string; to: string; deliveries: RedeliveryScope };

export type Redelivery = { from?: string | null; to?: string | null; status?: "failed" | "all" };

export type RedeliveryScope = "failed" | "all";

export type Refresh = { refresh_token: string };

export type RefusalCode = "NO_MATCHING_SERVICE" | "RULE_VIOLATION" | "SECURITY_VIOLATION" | "NO_MODEL_ANSWERED";

export type RegisteredModel = {
  id: string;
  name: string;
  type: VisionModelType;
  version: string;
  status: ModelStatus;
  provider: "onnx";
  capabilities: Array<VisionTask>;
  parameters: ModelFile;
  owner: ModelOwner;
  progress: number;
  error?: string;
  performance: ModelTraffic;
  description: string;
  manifest: ModelManifest;
  created_at: string;
  loaded_at: string | null;
  load_seconds: number | null;
  upload?: Upload;
};

export type RejectRequest = { reason: string };

export type Repository = { type: "git"; repository: string; path: string; ref?: string | null; credential?: string | null };

export type RequestedScope = { organization?: string | null; project?: string | null; time_range?: TimeRange };

export type RerunRequest = {
  from_step?: string | null;
  input?: Record<string, Json> | null;
  parameters?: Record<string, Json> | null;
};

export type ResourceLimits = { cpu?: string | null; memory?: string | null };

export type Restart = { graceful?: boolean };

export type RestartStatus = "restarting";

export type ResultSummary = { status: ExecutionOutcome; [name: string]: Json };

export type ResultsElsewhere = { results_url: string; expires_in: number; size_bytes: number; media_type: string };

export type RetryPolicy = {
  max_retries?: number;
  backoff_multiplier?: number;
  initial_delay?: number;
  max_delay?: number;
  jitter?: boolean;
  retry_on?: Array<Failure>;
};

export type ReviseRequest = { instructions: string };

export type Role = "system" | "user" | "assistant" | "tool";

export type RoleName = "admin" | "operator" | "developer" | "auditor" | "viewer";

export type RollBack = { target_version?: string | null };

export type RollbackRequest = { environment?: Environment; version?: number | null; deployment_id?: string | null };

export type RolloutMove = { percentage: number; version?: number | null; expected_version?: number | null };

export type RolloutWish = { percentage: number; alarm?: string | null };

export type Rotation = { secret?: string | null; overlap_hours?: number };

export type RouteRequest = { request: RoutedRequest; constraints?: Bounds; policies?: Rules; dry_run?: boolean };

export type RoutedRequest = {
  intent: string;
  traits?: Record<string, string>;
  payload?: Json;
  required_capabilities?: Array<string>;
  sensitivity?: "PUBLIC" | "INTERNAL" | "SENSITIVE" | "CRITICAL" | null;
};

export type RoutedService = {
  capability: string;
  service_id: string;
  service_url: string;
  method: string;
  headers: { Authorization?: string };
};

export type RoutingCandidate = {
  service_id: string;
  revision: number;
  base_url: string;
  protocol: string;
  active: boolean;
  capabilities: Array<string>;
  guarantees: Guarantees;
  cost_per_token: number | null;
  traits: Record<string, string>;
  data_policy: DataPolicy;
  observed: ServiceMeasures;
  capacity_tokens?: number;
  preference?: number;
  needs_credential?: boolean;
  credential_ref?: string;
  credential_missing?: boolean;
  vouched?: boolean;
};

export type RoutingConstraints = {
  max_latency_ms?: number;
  min_throughput_tokens_per_sec?: number;
  max_cost_per_token?: number;
  min_reliability?: number;
};

export type RoutingDecision = {
  service_id: string;
  service_url: string;
  method: string;
  headers: { Authorization?: string };
  chain?: Array<RoutedService>;
};

export type RoutingGate = {
  framework: string;
  min_score?: number;
  max_critical_findings?: number;
  max_age_days?: number;
  from_sensitivity?: SensitivityClass;
};

export type RoutingNeed = {
  capabilities: Array<string>;
  constraints: RoutingConstraints;
  traits: Record<string, string>;
  sensitivity?: SensitivityClass;
  size_tokens?: number;
  asked_for?: string;
};

export type RoutingOutcome = "decided" | "refused";

export type RoutingPolicies = {
  require_encryption?: boolean;
  allow_external_services?: boolean;
  allowed_regions?: Array<string>;
  required_certifications?: Array<string>;
  min_reliability?: number;
  max_retention_days?: number;
  denied_services?: Array<string>;
  compliance_gates?: Array<RoutingGate>;
};

export type RoutingProblem = {
  need: RoutingNeed;
  policies: RoutingPolicies;
  weights: Utilities;
  candidates: Array<RoutingCandidate>;
  standing?: Record<string, { score: number; critical_findings: number; age_days: number }>;
};

export type RoutingProof = {
  master_equation_score: number | null;
  contract_match: boolean;
  rule_satisfaction: boolean;
  security_verified: boolean;
  guarantee_composition: GuaranteeComposition | null;
  links?: Array<ProofLink>;
  whole?: ProofLink;
  snapshot_hashes?: Array<string>;
};

export type RoutingStage = "contract_matching" | "rule_evaluation" | "security_verification" | "optimization";

export type RpcFailure = { jsonrpc: "2.0"; id: string | number; error: { code: number; message: string; data?: Json } };

export type RpcSuccess = { jsonrpc: "2.0"; id: string | number; result: Record<string, Json> };

export type Rules = {
  require_encryption?: boolean | null;
  allow_external_services?: boolean | null;
  allowed_regions?: Array<string> | null;
  required_certifications?: Array<string> | null;
  min_reliability?: number | null;
  max_retention_days?: number | null;
  denied_services?: Array<string> | null;
};

export type RunFailure = { code: RunFailureCode; message: string; details: Json };

export type RunFailureCode = "AGENT_ERROR" | "TOOL_ERROR" | "TIMEOUT";

export type RunOptions = { temperature?: number | null; verbose?: boolean; wait?: number };

export type RunRequest = { skill: string; input?: SkillInput; options?: RunOptions; session_id?: string | null };

export type Scale = {
  service: string;
  replicas: number;
  environment?: "staging" | "production" | null;
  mode?: infrastructure__scaling__model__Mode;
};

export type ScalingMode = "provisioned" | "reserved";

export type ScalingOperation = {
  scaling_operation_id: string;
  service: string;
  target_replicas: number;
  current_replicas: number;
  mode: ScalingMode;
  status: ScalingStatus;
  reason: string | null;
  environment: DeploymentEnvironment | null;
  started_at: string;
  estimated_completion: string;
};

export type ScalingStatus = "scaling" | "completed" | "failed";

export type SceneSetting = "unknown" | "outdoor" | "indoor" | "urban" | "landscape" | "urban_outdoor" | "urban_indoor" | "landscape_outdoor" | "landscape_indoor";

export type SceneTime = "unknown" | "night" | "dusk" | "daytime";

export type SceneWeather = "unknown" | "clear" | "rain" | "snow" | "fog" | "storm";

export type ScheduleRequest = {
  expression?: string | null;
  interval?: "daily" | "weekly" | "monthly" | "quarterly" | null;
  enabled?: boolean;
  scope?: Labels;
  range_days?: number;
  evidence_types?: Array<"audit_logs" | "data_processing" | "access_control" | "configuration" | "monitoring"> | null;
  generate_report?: boolean;
};

export type Schema = "pentarch" | "ocsf";

export type Scores = Record<string, number>;

export type SealAnchor = {
  kind: string;
  tenant: string;
  number: number;
  first: number;
  batch: number;
  head: string;
  root: string;
  events_days: number;
  previous: string;
  timestamp: string;
  key_id: string;
};

export type SealedEvent = {
  id: string;
  tenant: string;
  type: string;
  action: string;
  actor: string;
  resource: string;
  agent: string | null;
  sensitivity: string | null;
  tags: Array<string>;
  correlation_id: string;
  data: Record<string, Json>;
};

export type Sensitivity = "PUBLIC" | "INTERNAL" | "SENSITIVE" | "CRITICAL";

export type SensitivityClass = "PUBLIC" | "INTERNAL" | "SENSITIVE" | "CRITICAL";

export type SentimentLabel = "positive" | "negative" | "neutral" | "mixed";

export type ServedPrediction = { label: string | number; confidence: number | null; scores: Scores | null };

export type ServedVersion = {
  version: number;
  deployment_id: string;
  previous: number | null;
  candidate: number | null;
  share: number;
  candidate_deployment: string | null;
  shadow: number | null;
  shadow_share: number;
  shadow_deployment: string | null;
};

export type ServerInfo = { protocol: string; name?: string; version?: string };

export type Service = {
  service_id: string;
  name: string;
  version: string;
  base_url: string;
  capabilities: Array<string>;
  guarantees: Guarantees;
  cost_per_token: number | null;
  protocol: string;
  status: ServiceStatus;
  constraints: Record<string, number>;
  traits: Record<string, string>;
  data_policy: DataPolicy;
  health_path: string | null;
  needs_credential: boolean;
  credential_ref: string | null;
  model: ServiceModel | null;
  contract_path: string | null;
  inactive_because: Array<ServiceDownReason>;
  observed: ServiceMeasures;
  last_heartbeat_at: string | null;
  revision: number;
  registered_at: string;
  updated_at: string;
};

export type ServiceAction = { service: string; action: ServiceVerb; status: ServiceActionStatus; message: string };

export type ServiceActionStatus = "starting" | "running" | "unhealthy" | "stopping" | "stopped";

export type ServiceDownReason = "probe" | "heartbeat" | "operator";

export type ServiceHealth = "healthy" | "degraded" | "unhealthy" | "not_deployed";

export type ServiceMeasures = { success_rate?: number; latency_ms?: number };

export type ServiceModel = {
  name?: string;
  context_window?: number;
  max_output_tokens?: number;
  input_usd_per_million?: number;
  output_usd_per_million?: number;
};

export type ServiceReceipt = { service_id: string; status: ServiceReceiptStatus; contract_validated: boolean; timestamp: string };

export type ServiceReceiptStatus = "registered";

export type ServiceStatus = "active" | "inactive";

export type ServiceStrategy = "rolling_update" | "blue_green" | "canary";

export type ServiceVerb = "start" | "stop";

export type Session = {
  id: string;
  skill: string;
  status: SessionStatus;
  created: string;
  updated: string;
  agent: string;
  input: { files: Array<string>; args: Json };
  options: { temperature: number | null; verbose: boolean };
  round: number;
  instructions: Array<string>;
  sources: Array<SessionSource>;
  produced_by: string | null;
  reason: string | null;
  comment: string | null;
  approved_by: string | null;
  error: RunFailure | null;
  output?: { artifacts: Array<SessionOutput> };
  approval?: PendingApproval;
};

export type SessionEntry = { id: string; skill: string; status: SessionStatus; created: string; updated: string };

export type SessionOutput = { path: string; type: SessionOutputType; size: number; diff: string; sha256: string };

export type SessionOutputType = "file";

export type SessionSource = { path: string; version: number; sha256: string };

export type SessionStatus = "created" | "running" | "pending_approval" | "completed" | "rejected" | "failed" | "expired";

export type SignedAnchor = { statement: SealAnchor; signature: string };

export type SignedHead = { statement: HeadStatement; signature: string };

export type Skill = {
  name: string;
  description: string;
  agent: SkillAgent;
  prompt: string;
  inputs: SkillInputs;
  outputs: Array<SkillOutput>;
  tools: Array<string>;
  model: SkillModel;
  timeout_s: number;
  built_in: boolean;
  revision: number;
  created: string | null;
  updated: string | null;
  author: string | null;
};

export type SkillAgent = { name: string; version: string; instructions: string };

export type SkillDefinition = {
  name: string;
  description: string;
  agent: AgentDefinition;
  prompt: string;
  inputs?: InputsWanted;
  outputs: Array<OutputDefinition>;
  tools?: Array<string>;
  model?: ModelPolicy;
  timeout_s?: number;
};

export type SkillInput = { files?: Array<string>; args?: Record<string, Json> };

export type SkillInputs = { files: { min: number; max: number }; args: Json };

export type SkillModel = { name: string; temperature: number; max_tokens: number; sensitivity: SensitivityClass | null };

export type SkillOutput = { path: string; content_type: string; schema: Json };

export type Snapshot = { configurations: Array<Imported>; hash?: string | null; dry_run?: boolean };

export type SortField = "name" | "created_at" | "updated_at";

export type SortOrder = "asc" | "desc";

export type Specialist = {
  id: string;
  name: string;
  description: string;
  status: SpecialistStatus;
  skills: Array<string>;
  performance_score: number | null;
  created_at: string;
  last_trained: string | null;
  latest_version: number;
  training_config: { model?: string; epochs?: number; dataset_size?: number };
  validation_criteria: { min_accuracy?: number; max_latency?: number };
  training_history: Array<TrainingEntry>;
  performance_metrics: { accuracy: number | null; latency_ms: number | null; requests_served: number };
  gateway: { mode: SpecialistMode };
  serving: { staging?: ServedVersion; production?: ServedVersion };
};

export type SpecialistDeployment = {
  deployment_id: string;
  specialist_id: string;
  status: SpecialistDeploymentStatus;
  endpoint: string;
  environment: DeploymentEnvironment;
  version: number;
  previous_version: number | null;
  canary_share: number | null;
  shadow: number | null;
  rollback_on_failure: boolean;
  probe: DeploymentProbe;
  reason: string | null;
  created_at: string;
  completed_at: string | null;
  agreement?: { compared: number; agreed: number; rate: number | null };
};

export type SpecialistDeploymentStatus = "deploying" | "deployed" | "rolled_back" | "failed";

export type SpecialistEntry = {
  id: string;
  name: string;
  description: string;
  status: SpecialistStatus;
  skills: Array<string>;
  performance_score: number | null;
  created_at: string;
  last_trained: string | null;
  latest_version: number;
};

export type SpecialistMode = "brief" | "answer";

export type SpecialistPrediction = {
  prediction: string | number | null;
  confidence?: number | null;
  scores?: Scores | null;
  distances?: Scores;
  top_terms?: Array<string>;
  centre?: Record<string, number>;
  expected_rewards?: Scores;
  propensities?: Scores;
  answer?: string;
  event_id?: string;
  tokens_used?: number;
  cost_usd?: number;
};

export type SpecialistStatus = "DRAFT" | "ACTIVE" | "ARCHIVED";

export type SpecialistVersion = {
  version: number;
  job_id: string;
  type: TrainingKind;
  metrics: Record<string, number>;
  latency_ms: number | null;
  model_hash: string;
  provider_model: TunedModel | null;
  dataset_hash: string;
  created_at: string;
};

export type StateDifference = {
  path: string;
  from: DifferenceValue | Array<DifferenceValue> | CodeHashes;
  to: DifferenceValue | CodeHashes;
};

export type Step = {
  id?: string | null;
  name: string;
  type?: StepType;
  order?: number | null;
  agent_id?: string | null;
  agent_type?: string | null;
  tool_id?: string | null;
  depends_on?: Array<string>;
  condition?: string | null;
  input_mapping?: Record<string, Json>;
  output_mapping?: Record<string, string>;
  timeout?: number | null;
  retry_policy?: RetryPolicy | null;
  for_each?: string | null;
  max_concurrency?: number;
  compensates?: string | null;
  approval?: ApprovalRule | null;
};

export type StepDecision = { execution_id: string; step_id: string; status: DecidedStepStatus };

export type StepResult = Record<string, Json>;

export type StepType = "agent" | "tool" | "transform" | "approval";

export type StorageHealth = "healthy" | "degraded" | "unhealthy";

export type StoredConfiguration = {
  config_id: string;
  tenant_id: string;
  config_type: ConfigurationType;
  name: string;
  description: string | null;
  value: Json;
  version: number;
  state: ConfigurationState;
  created_at: string;
  created_by: string;
  updated_at: string;
  updated_by: string;
  pending?: PendingChange;
  rollout?: ConfigurationRollout;
};

export type StreamOptions = { include_usage?: boolean };

export type SubjectCase = {
  request_id: string;
  kind: SubjectCaseKind;
  state: SubjectCaseState;
  subject_digest: string;
  requested_by: string;
  received_at: string;
  due_at: string;
  answered_at: string | null;
  is_overdue: boolean;
  found: Record<string, Record<string, number>>;
  models: Array<string>;
  retained: Record<string, string>;
  refusal: string | null;
};

export type SubjectCaseDetails = {
  request_id: string;
  kind: SubjectCaseKind;
  state: SubjectCaseState;
  subject_digest: string;
  requested_by: string;
  received_at: string;
  due_at: string;
  answered_at: string | null;
  is_overdue: boolean;
  found: Record<string, Record<string, number>>;
  models: Array<string>;
  retained: Record<string, string>;
  refusal: string | null;
  subject: string | null;
  reason: string | null;
  export_url: string | null;
  export_url_expires_in: number | null;
};

export type SubjectCaseKind = "access" | "erasure";

export type SubjectCaseState = "received" | "working" | "answered" | "refused" | "failed";

export type SubjectRequest = { kind: compliance__subjects__model__Kind; subject: string; reason?: string | null };

export type SummarizeRequest = {
  text: string;
  model?: string | null;
  sensitivity?: Sensitivity | null;
  max_length?: number;
  min_length?: number | null;
};

export type SummaryJobOutput = {
  summary: string;
  original_length: number;
  summary_length: number;
  model: string;
  sensitivity: SensitivityClass;
  event_id: string;
};

export type Synchronisation = {
  sync_id: string;
  status: SynchronisationStatus;
  dry_run: boolean;
  source: SynchronisedSource;
  reason: string | null;
  requested_by: string;
  started_at: string;
  completed_at: string | null;
  steps: Array<SynchronisationStep>;
};

export type SynchronisationAction = "roll_out" | "scale";

export type SynchronisationStatus = "applying" | "completed" | "failed";

export type SynchronisationStep = {
  operation_id: string;
  status: SynchronisationStepStatus;
  reason: string | null;
  action: SynchronisationAction;
  service: string;
  strategy?: ServiceStrategy;
  version?: string;
  differences: Array<StateDifference>;
};

export type SynchronisationStepStatus = "waiting" | "running" | "completed" | "failed" | "skipped";

export type Synchronise = { source: Bucket | Repository; dry_run?: boolean };

export type SynchronisedSource = { place: string; revision: string; sha256: string };

export type SystemStatus = "operational" | "degraded" | "outage";

export type TestDelivery = {
  delivered: boolean;
  delivery_id: string;
  at: string;
  status_code: number | null;
  response_ms: number;
  error: string | null;
  response: string;
};

export type TextEntity = { text: string; label: string; start: number; end: number; confidence: number };

export type TextJobOutput = {
  text_length: number;
  detected_language?: string;
  language_confidence?: number;
  sentiment?: TextSentiment;
  entities?: Array<TextEntity>;
  keywords?: Array<TextKeyword>;
  model: string;
  sensitivity: SensitivityClass;
  event_id: string;
};

export type TextKeyword = { text: string; relevance: number; sentiment: number };

export type TextMetadata = {
  processing_time: number;
  cost: number;
  provider: string;
  sensitivity: SensitivityClass;
  audit_event_id: string;
  trace_id: string;
};

export type TextPart = { type: "text"; text: string };

export type TextSentiment = { polarity: number; subjectivity: number; label: SentimentLabel; confidence: number };

export type TimeRange = { start?: string | null; end?: string | null };

export type TokenCounts = { prompt_tokens: number; completion_tokens: number; total_tokens: number };

export type TokenPair = { access_token: string; token_type?: "bearer"; expires_in: number; refresh_token: string };

export type Tool = {
  id: string;
  name: string;
  description: string;
  category: string;
  capabilities: Array<string>;
  input_schema: Json;
  kind: ToolKind;
  server?: string;
  created_at?: string;
  updated_at?: string;
  created_by?: string;
  server_status?: ToolServerStatus;
};

export type ToolChange = {
  description?: string | null;
  category?: string | null;
  capabilities?: Array<string> | null;
  credential?: string | null;
  openapi?: Record<string, Json> | null;
  operation?: string | null;
  url?: string | null;
};

export type ToolFaultCode = "timeout" | "out_of_memory" | "too_large" | "too_deep" | "internal" | "bad_parameters" | "not_found" | "refused" | "upstream_failed" | "credential" | "outcome_unknown";

export type ToolKind = "built_in" | "http" | "mcp";

export type ToolOffered = { type: "function"; function: FunctionOffered };

export type ToolRunStatus = "completed" | "failed";

export type ToolServer = {
  id: string;
  name: string;
  description: string;
  kind: ToolServerKind;
  url: string;
  credential: string | null;
  status: ToolServerStatus;
  error: string | null;
  checked_at: string;
  tools: Array<string>;
  tools_left_out: number;
  server: ServerInfo;
  created_at: string;
  updated_at: string;
  created_by: string;
};

export type ToolServerKind = "mcp";

export type ToolServerStatus = "reachable" | "failing";

export type TraceRequest = {
  intent: string;
  traits: Record<string, string>;
  required_capabilities: Array<string>;
  constraints: RoutingConstraints;
  sensitivity: SensitivityClass | null;
  payload_sha256?: string;
  prompt_sha256?: string | null;
  requested_model?: string | null;
};

export type TrainRequest = { training_data: TrainingData; async?: boolean };

export type Training = {
  job_id: string;
  specialist_id: string;
  type: TrainingKind;
  status: TrainingStatus;
  phase: TrainingPhase;
  progress: number | null;
  current_epoch: number | null;
  total_epochs: number;
  stopped_early: boolean;
  metrics: TrainingMetrics;
  loss_curve: Array<EpochMeasures>;
  estimated_completion: string | null;
  dataset: DatasetReport;
  parameters: TrainingParameters;
  provider_job: ProviderJob | null;
  version: number | null;
  error: TrainingFailure | null;
  created_at: string;
  started_at: string | null;
  completed_at: string | null;
};

export type TrainingBackend = "openai" | "bedrock";

export type TrainingConfig = { model?: string | null; epochs?: number | null; dataset_size?: number | null };

export type TrainingData = { type: TrainingType; dataset: string; parameters?: Record<string, Json> };

export type TrainingEntry = {
  job_id: string;
  type: TrainingKind;
  status: TrainingStatus;
  version: number | null;
  epochs: number | null;
  accuracy: number | null;
  loss: number | null;
  created_at: string;
  completed_at: string | null;
  error: TrainingFailure | null;
};

export type TrainingFailure = {
  code: TrainingFailureCode;
  message: string;
  faults?: Array<{ line: number | null; problem: string }>;
  more_faults?: number;
};

export type TrainingFailureCode = "BAD_DATASET" | "FILES_LOST" | "GIVEN_UP" | "PROVIDER_REFUSED" | "PROVIDER_FAILED";

export type TrainingKind = "supervised" | "unsupervised" | "reinforcement";

export type TrainingMetrics = {
  loss?: number;
  accuracy?: number;
  training_accuracy?: number;
  validation_loss?: number;
  macro_f1?: number;
  confusion_matrix?: { labels: Array<string>; rows: Array<Array<number>> };
  silhouette?: number | null;
  clusters?: Array<{ cluster: number; rows: number; top_terms?: Array<string>; centre?: Record<string, number> }>;
  policy_value?: { ips: PolicyEstimate; dr: PolicyEstimate; snips?: PolicyEstimate; logged: PolicyEstimate };
  measured_on?: { split: TrainingSplit; rows: number };
  training_loss?: number;
  train_loss?: number;
  valid_loss?: number;
  full_valid_loss?: number;
  train_mean_token_accuracy?: number;
  valid_mean_token_accuracy?: number;
  full_valid_mean_token_accuracy?: number;
  measured_rows?: number;
  unknown_answers?: number;
  measuring_tokens?: number;
  measuring_cost_usd?: number;
  measuring_stopped?: string;
};

export type TrainingParameters = {
  epochs: number;
  seed: number;
  validation_share: number;
  test_share: number;
  max_rows: number;
  text_column: string | null;
  feature_columns: Array<string> | null;
  label_column?: string;
  alpha?: number | null;
  learning_rate?: number | null;
  hash_bits?: number;
  ngrams?: number;
  early_stopping?: TrainingPatience | null;
  backend?: TrainingBackend;
  provider?: string;
  base_model?: string;
  hyperparameters?: Record<string, string>;
  measured_rows?: number;
  sensitivity?: PromptSensitivity;
  clusters?: number;
  vocabulary?: number;
  top_terms?: number;
  action_column?: string;
  reward_column?: string;
  propensity_column?: string;
  ridge?: number;
  epsilon?: number;
};

export type TrainingPatience = { patience: number; min_improvement: number };

export type TrainingPhase = "queued" | "validating" | "running" | "paused" | "completed" | "failed" | "cancelled";

export type TrainingReceipt = { training_job_id: string; status: TrainingStatus; estimated_duration: number | null };

export type TrainingSplit = "train" | "validation" | "test";

export type TrainingStatus = "queued" | "running" | "paused" | "completed" | "failed" | "cancelled";

export type TrainingType = "supervised" | "unsupervised" | "reinforcement";

export type TunedModel = { provider: string; base_model: string; model: string };

export type UpdateStatus = "updating" | "rolling_back" | "up_to_date";

export type Upload = { url: string; fields: Record<string, string>; size_bytes: number; expires_in: number };

export type UsageRow = {
  day: string;
  model: string;
  subject: string;
  requests: number;
  cached_requests: number;
  prompt_tokens: number;
  completion_tokens: number;
  cost_usd: number;
};

export type User = {
  username: string;
  subject: string;
  roles: Array<RoleName>;
  scopes: Array<string>;
  status: CredentialStatus;
  created_at: string;
  created_by: string;
  expires_at: string | null;
};

export type UserChange = {
  roles?: Array<"admin" | "operator" | "developer" | "auditor" | "viewer"> | null;
  status?: pentarch__identity__model__Status | null;
  password?: string | null;
  current_password?: string | null;
};

export type Utilities = { latency: number; throughput: number; cost: number; reliability: number; traits: number };

export type ValidationCriteria = { min_accuracy?: number | null; max_latency?: number | null };

export type ValueChange = { op: ValueChangeOperation; path: string; value?: Json; from?: string };

export type ValueChangeOperation = "add" | "remove" | "replace" | "move";

export type VisionBackends = { text_extraction?: string; object_detection?: string; scene_analysis?: string };

export type VisionJobOutput = {
  image_info: ImageInfo;
  analysis_results: ImageResults;
  backends: VisionBackends;
  predictions?: Array<ImageClass>;
  model?: string;
  backend?: string;
  event_ids: Array<string>;
};

export type VisionModelType = "vision_classification_model" | "vision_detection_model";

export type VisionTask = "image_classification" | "object_detection";

export type Wanted = { message_ids?: Array<string> | null; all?: boolean };

export type Webhook = {
  id: string;
  url: string;
  events: Array<string>;
  description: string;
  format: WebhookFormat;
  ordered: boolean;
  status: WebhookStatus;
  disabled_reason: string | null;
  failing_since: string | null;
  former_secret_until: string | null;
  created_at: string;
  updated_at: string;
  created_by: string;
  secret?: string;
  signing_key?: string;
  statistics?: WebhookStatistics;
};

export type WebhookFormat = "metaqore" | "ai_semble";

export type WebhookStatistics = {
  delivered: number;
  failed: number;
  attempts: number;
  failed_attempts: number;
  success_rate: number | null;
  average_response_ms: number | null;
  last_delivered_at: string | null;
  last_failed_at: string | null;
};

export type WebhookStatus = "active" | "disabled";

export type Workflow = {
  id: string;
  name: string;
  description: string;
  type: WorkflowKind;
  status: WorkflowStatus;
  version: string;
  revision: number;
  steps: Array<WorkflowStep>;
  error_handling: WorkflowErrorHandling;
  monitoring?: WorkflowMonitoring | null;
  timeout?: number | null;
  tags: Array<string>;
  created_at: string;
  updated_at: string;
  created_by: string;
};

export type WorkflowChange = {
  name?: string | null;
  description?: string | null;
  type?: WorkflowType | null;
  version?: string | null;
  status?: workflows__model__Status | null;
  steps?: Array<Step> | null;
  error_handling?: ErrorHandling | null;
  monitoring?: Monitoring | null;
  timeout?: number | null;
  tags?: Array<string> | null;
};

export type WorkflowErrorHandling = { strategy?: ErrorStrategy; max_retries?: number; backoff_multiplier?: number };

export type WorkflowKind = "sequential" | "parallel" | "conditional" | "dag";

export type WorkflowMonitoring = { telemetry_enabled?: boolean; trace_sampling?: number };

export type WorkflowRequest = {
  name: string;
  description?: string;
  type?: WorkflowType;
  version?: string;
  status?: workflows__model__Status;
  steps: Array<Step>;
  error_handling?: ErrorHandling;
  monitoring?: Monitoring | null;
  timeout?: number | null;
  tags?: Array<string>;
};

export type WorkflowStatus = "active" | "inactive";

export type WorkflowStep = {
  id: string;
  name: string;
  order: number;
  type?: WorkflowStepType;
  agent_id?: string | null;
  agent_type?: string | null;
  tool_id?: string | null;
  depends_on?: Array<string>;
  condition?: string | null;
  input_mapping?: Record<string, Json>;
  output_mapping?: Record<string, string>;
  timeout?: number | null;
  retry_policy?: WorkflowStepRetries | null;
  for_each?: string | null;
  max_concurrency?: number;
  compensates?: string | null;
  approval?: WorkflowStepApproval | null;
};

export type WorkflowStepApproval = { roles?: Array<string>; by_starter?: boolean };

export type WorkflowStepRetries = {
  max_retries?: number;
  backoff_multiplier?: number;
  initial_delay?: number;
  max_delay?: number;
  jitter?: boolean;
  retry_on?: Array<ExecutionErrorReason>;
};

export type WorkflowStepType = "agent" | "tool" | "transform" | "approval";

export type WorkflowType = "sequential" | "parallel" | "conditional" | "dag";

export type _Named = { name: string };

export type compliance__subjects__model__Kind = "access" | "erasure";

export type configurations__schemas__Update = {
  value: Record<string, Json>;
  description?: string | null;
  tenant_id?: string | null;
  config_type?: string | null;
  name?: string | null;
  expected_version?: number | null;
  rollout?: RolloutWish | null;
};

export type infrastructure__inventory__model__State = "running" | "stopped" | "failed";

export type infrastructure__model__Strategy = "rolling_update" | "blue_green" | "canary";

export type infrastructure__scaling__model__Mode = "provisioned" | "reserved";

export type infrastructure__schemas__Update = { target_version: string };

export type llm__aisemble__ChatMessage = { role: Role; content: string };

export type llm__aisemble__GenerateRequest = {
  model?: string;
  max_tokens?: number;
  temperature?: number;
  parameters?: Parameters;
  sensitivity?: Sensitivity | null;
  cache_ttl?: number | null;
  prompt: string;
};

export type llm__metaqore__GenerateRequest = {
  prompt: string;
  model?: string;
  agent_name?: string | null;
  max_tokens?: number;
  temperature?: number;
  stream?: boolean;
  cache_ttl?: number | null;
  sensitivity?: Sensitivity | null;
};

export type llm__openai__ChatMessage = {
  role: "system" | "developer" | "user" | "assistant" | "tool";
  content?: string | Array<TextPart> | null;
  tool_calls?: Array<CallMade> | null;
  tool_call_id?: string | null;
};

export type nlp__model__Kind = "sentiment" | "entities" | "keywords" | "language";

export type ops__logs__Level = "debug" | "info" | "warning" | "error" | "critical";

export type ops__schemas__Change = { force?: boolean; wait_for_health?: boolean };

export type pentarch__agents__model__Status = "active" | "inactive";

export type pentarch__identity__model__Status = "active" | "revoked";

export type pentarch__llm__specialists__Mode = "brief" | "answer";

export type pentarch__rollouts__model__Kind = "service" | "specialist" | "configuration";

export type pentarch__rollouts__model__Status = "queued" | "deploying" | "completed" | "failed" | "rolling_back" | "rolled_back";

export type pentarch__services__model__Status = "active" | "inactive";

export type registry__schemas__Change = {
  name?: string | null;
  version?: string | null;
  base_url?: string | null;
  protocol?: string | null;
  contract_path?: string | null;
  contract?: Record<string, Json> | null;
  status?: pentarch__services__model__Status | null;
};

export type registry__schemas__Registration = {
  service_id: string;
  name: string;
  version?: string;
  base_url: string;
  protocol?: string | null;
  contract_path?: string | null;
  contract?: Record<string, Json> | null;
};

export type sessions__lifecycle__Status = "created" | "running" | "pending_approval" | "completed" | "rejected" | "failed" | "expired";

export type specialists__lifecycle__Status = "DRAFT" | "ACTIVE" | "ARCHIVED";

export type tools__schemas__ExecuteRequest = { parameters?: Record<string, Json>; timeout?: number };

export type webhooks__schemas__Change = {
  url?: string | null;
  events?: Array<string> | null;
  description?: string | null;
  ordered?: boolean | null;
  status?: "active" | "disabled" | null;
};

export type webhooks__schemas__Registration = {
  url: string;
  events: Array<string>;
  secret?: string | null;
  description?: string;
  ordered?: boolean;
};

export type workflows__definition__Strategy = "fail_fast" | "continue" | "retry_with_backoff" | "compensate";

export type workflows__model__State = "queued" | "running" | "completed" | "failed" | "cancelled";

export type workflows__model__Status = "active" | "inactive";

export type workflows__routes__executions__Level = "debug" | "info" | "warning" | "error";

export type workflows__schemas__ExecuteRequest = { parameters?: Record<string, Json>; context?: Record<string, Json> };
