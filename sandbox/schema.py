"""The tables of the sandbox's state; see `state` for how they are opened."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS instances (
    name TEXT PRIMARY KEY, kind TEXT NOT NULL, path TEXT NOT NULL UNIQUE, guid TEXT NOT NULL,
    account TEXT NOT NULL, region TEXT NOT NULL, plan TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS services (
    -- NLU and Discovery instances; kind is natural-language-understanding or discovery.
    guid TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, account TEXT NOT NULL,
    instance TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS api_keys (
    key TEXT PRIMARY KEY, account TEXT NOT NULL, user_id TEXT NOT NULL, service TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS logins (
    -- Cloud Pak for Data accounts.
    account TEXT NOT NULL, username TEXT NOT NULL, api_key TEXT NOT NULL, password TEXT NOT NULL,
    PRIMARY KEY (account, username)
);
CREATE TABLE IF NOT EXISTS sessions (
    dpat TEXT PRIMARY KEY, xsrf_token TEXT NOT NULL, instance TEXT NOT NULL,
    user_id TEXT NOT NULL, lost INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS tokens (
    token TEXT PRIMARY KEY, account TEXT NOT NULL, user_id TEXT NOT NULL, service TEXT NOT NULL,
    expires REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS users (
    instance TEXT NOT NULL, user_id TEXT NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL,
    state TEXT NOT NULL, last_login INTEGER, PRIMARY KEY (instance, user_id)
);
CREATE TABLE IF NOT EXISTS workspaces (
    id TEXT PRIMARY KEY, instance TEXT NOT NULL, name TEXT NOT NULL, description TEXT NOT NULL,
    language TEXT NOT NULL, tokenizer TEXT NOT NULL, owner TEXT NOT NULL, kind TEXT NOT NULL,
    created INTEGER NOT NULL, modified INTEGER NOT NULL,
    revision INTEGER NOT NULL DEFAULT 0, UNIQUE (instance, name)
);
CREATE TABLE IF NOT EXISTS members (
    workspace TEXT NOT NULL, user_id TEXT NOT NULL, PRIMARY KEY (workspace, user_id)
);
CREATE TABLE IF NOT EXISTS type_systems (workspace TEXT PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS rule_classes (
    workspace TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (workspace, name)
);
CREATE TABLE IF NOT EXISTS dictionaries (
    pk INTEGER PRIMARY KEY, workspace TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL,
    read_only INTEGER NOT NULL, entries INTEGER NOT NULL, entity_type TEXT,
    schema TEXT NOT NULL, csv BLOB NOT NULL, UNIQUE (workspace, id), UNIQUE (workspace, name)
);
CREATE TABLE IF NOT EXISTS imports (
    -- A document is there when its import is visible and that moment has come (epoch seconds).
    id TEXT PRIMARY KEY, workspace TEXT NOT NULL, visible_at REAL
);
CREATE TABLE IF NOT EXISTS documents (
    pk INTEGER PRIMARY KEY, workspace TEXT NOT NULL, import_id TEXT NOT NULL, id TEXT NOT NULL,
    item TEXT NOT NULL, text TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS documents_workspace ON documents (workspace, id);
CREATE INDEX IF NOT EXISTS documents_import ON documents (import_id);
CREATE TABLE IF NOT EXISTS ground_truths (
    -- `deflated` is a raw deflate stream, copied into downloads as it stands.
    document INTEGER PRIMARY KEY, deflated BLOB NOT NULL, crc INTEGER NOT NULL,
    size INTEGER NOT NULL, annotated INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS drafts (
    -- Annotation in progress: there for the annotator, in no download.
    document INTEGER PRIMARY KEY, mentions TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS document_sets (
    pk INTEGER PRIMARY KEY, workspace TEXT NOT NULL, id TEXT NOT NULL, original_id TEXT NOT NULL,
    name TEXT NOT NULL, type TEXT NOT NULL, item TEXT NOT NULL, annotator TEXT,
    preannotated INTEGER NOT NULL DEFAULT 0, UNIQUE (workspace, id)
);
CREATE TABLE IF NOT EXISTS set_documents (
    document_set INTEGER NOT NULL, position INTEGER NOT NULL, document INTEGER NOT NULL,
    PRIMARY KEY (document_set, position)
);
CREATE INDEX IF NOT EXISTS set_documents_document ON set_documents (document);
CREATE TABLE IF NOT EXISTS tasks (
    id TEXT PRIMARY KEY, workspace TEXT NOT NULL, name TEXT NOT NULL, due INTEGER,
    state TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS task_sets (
    task TEXT NOT NULL, set_id TEXT NOT NULL, annotated INTEGER NOT NULL, state TEXT NOT NULL,
    PRIMARY KEY (task, set_id)
);
CREATE TABLE IF NOT EXISTS jobs (
    id TEXT PRIMARY KEY, workspace TEXT NOT NULL, instance TEXT NOT NULL, kind TEXT NOT NULL,
    subject TEXT NOT NULL, queued REAL NOT NULL, starts REAL NOT NULL, due REAL NOT NULL,
    worked INTEGER NOT NULL DEFAULT 1, progress INTEGER NOT NULL DEFAULT 0,
    error TEXT NOT NULL DEFAULT '', result TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX IF NOT EXISTS jobs_workspace ON jobs (workspace);
CREATE TABLE IF NOT EXISTS versions (
    workspace TEXT NOT NULL, kind TEXT NOT NULL, version TEXT NOT NULL, description TEXT NOT NULL,
    created INTEGER NOT NULL, PRIMARY KEY (workspace, kind, version)
);
CREATE TABLE IF NOT EXISTS deployments (
    model_id TEXT PRIMARY KEY, workspace TEXT NOT NULL, instance TEXT NOT NULL,
    kind TEXT NOT NULL, version TEXT NOT NULL, service TEXT NOT NULL,
    service_instance TEXT NOT NULL, name TEXT NOT NULL, description TEXT NOT NULL,
    language TEXT NOT NULL, created REAL NOT NULL, available REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS leaving (
    -- Models that were deleted and are listed until then.
    model_id TEXT PRIMARY KEY, until REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS discovery_projects (
    id TEXT PRIMARY KEY, service TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS discovery_collections (
    id TEXT PRIMARY KEY, project TEXT NOT NULL, name TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS discovery_enrichments (
    id TEXT PRIMARY KEY, project TEXT NOT NULL, name TEXT NOT NULL, description TEXT NOT NULL,
    type TEXT NOT NULL, options TEXT NOT NULL, size INTEGER NOT NULL
);
"""
