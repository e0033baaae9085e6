"""The addresses of the pages."""

from django.urls import path

from dashboard import urls_assess, urls_capture
from dashboard.views import (
    account,
    approvals,
    archives,
    audit,
    backups,
    home,
    instances,
    model_services,
    models,
    plan_collect,
    plan_losses,
    plan_models,
    plan_scope,
    plan_seal,
    plans,
    restores,
    runs,
    session,
    steps,
    users,
    verifications,
    workspaces,
)
from dashboard.views import help as help_pages

urlpatterns = [
    path("", home.home, name="home"),
    path("help", help_pages.help_page, name="help"),
    path("sign-in", session.sign_in, name="sign-in"),
    path("sign-out", session.sign_out, name="sign-out"),
    path("set-up/<str:token>", session.set_up, name="set-up"),
    path("sign-in/code", session.sign_in_code, name="sign-in-code"),
    path("kept-input", session.kept, name="kept-input"),
    path("join/<str:uid>/<str:token>", account.join, name="join"),
    path("theme", session.choose_theme, name="theme"),
    # Instances
    path("instances/", instances.instance_list, name="instance-list"),
    path("instances/add", instances.instance_add, name="instance-add"),
    path("instances/add/<str:kind>", instances.instance_add, name="instance-add-kind"),
    path("instances/<int:pk>/", instances.instance_detail, name="instance-detail"),
    path("instances/<int:pk>/change", instances.instance_change, name="instance-change"),
    path(
        "instances/<int:pk>/credential", instances.instance_credential, name="instance-credential"
    ),
    path("instances/<int:pk>/test", instances.instance_test, name="instance-test"),
    path("instances/<int:pk>/refresh", instances.instance_refresh, name="instance-refresh"),
    path("instances/<int:pk>/delete", instances.instance_delete, name="instance-delete"),
    # Services that models are deployed to
    path(
        "instances/<int:pk>/services/link",
        model_services.service_link,
        name="instance-service-link",
    ),
    path(
        "instances/<int:pk>/services/<int:service_pk>/",
        model_services.service_detail,
        name="instance-service",
    ),
    path(
        "instances/<int:pk>/services/<int:service_pk>/change",
        model_services.service_change,
        name="instance-service-change",
    ),
    path(
        "instances/<int:pk>/services/<int:service_pk>/credential",
        model_services.service_credential,
        name="instance-service-credential",
    ),
    path(
        "instances/<int:pk>/services/<int:service_pk>/test",
        model_services.service_test,
        name="instance-service-test",
    ),
    path(
        "instances/<int:pk>/services/<int:service_pk>/look",
        model_services.service_look,
        name="instance-service-look",
    ),
    path(
        "instances/<int:pk>/services/<int:service_pk>/unlink",
        model_services.service_unlink,
        name="instance-service-unlink",
    ),
    # Deployed models
    path("models/", models.model_list, name="model-list"),
    path("models/scan", models.model_scan, name="model-scan"),
    path("models/decide", models.model_decide, name="model-decide"),
    path("models/undeploy", models.model_undeploy, name="model-undeploy"),
    path("models/<int:pk>/", models.model_detail, name="model-detail"),
    path("models/undeployments/<int:pk>/done", models.model_undeployed, name="model-undeployed"),
    path("models/undeployments/<int:pk>/withdraw", models.model_withdraw, name="model-withdraw"),
    # Workspaces
    path("workspaces/", workspaces.workspace_list, name="workspace-list"),
    path("workspaces/<int:pk>/", workspaces.workspace_detail, name="workspace-detail"),
    # Plans: the list, one plan, and the steps of the wizard
    path("plans/", plans.plan_list, name="plan-list"),
    path("plans/start", plans.plan_start, name="plan-start"),
    path("instances/<int:instance_pk>/plan", plans.plan_new, name="plan-new"),
    path("plans/<int:pk>/", plans.plan_detail, name="plan-detail"),
    path("plans/<int:pk>/copy", plans.plan_copy, name="plan-copy"),
    path("plans/<int:pk>/archive", plans.plan_archive, name="plan-archive"),
    path("plans/<int:pk>/unarchive", plans.plan_unarchive, name="plan-unarchive"),
    path("plans/<int:pk>/losses", plan_losses.plan_losses, name="plan-losses"),
    path("plans/<int:pk>/scope", plan_scope.plan_scope, name="plan-scope"),
    *urls_capture.urlpatterns,
    *urls_assess.urlpatterns,
    path("plans/<int:pk>/collect", plan_collect.plan_collect, name="plan-collect"),
    path("plans/<int:pk>/collect/start", plan_collect.plan_collect_start, name="plan-start-backup"),
    path("plans/<int:pk>/seal", plan_seal.plan_seal, name="plan-seal"),
    # Deployed models of a plan
    path("plans/<int:pk>/models", plan_models.plan_models, name="plan-models"),
    path(
        "plans/<int:pk>/items/<int:item_pk>/keep-source",
        plan_models.plan_keep_source,
        name="plan-keep-source",
    ),
    # Starting
    path("backups/start", backups.backup_start, name="backup-start"),
    path("instances/<int:instance_pk>/back-up", backups.backup_new, name="backup-new"),
    path("archives/<int:pk>/restore", restores.restore_new, name="restore-new"),
    path("archives/<int:pk>/restore/<int:instance_pk>", restores.restore_into, name="restore-into"),
    # Runs
    path("runs/", runs.run_list, name="run-list"),
    path("runs/<int:pk>/", runs.run_detail, name="run-detail"),
    path("runs/<int:pk>/log", runs.run_log, name="run-log"),
    path("runs/<int:pk>/pause", runs.run_pause, name="run-pause"),
    path("runs/<int:pk>/resume", runs.run_resume, name="run-resume"),
    path("runs/<int:pk>/retry", runs.run_retry, name="run-retry"),
    path("runs/<int:pk>/again", runs.run_again, name="run-again"),
    path("runs/<int:pk>/support", runs.run_support, name="run-support"),
    path("runs/<int:pk>/cancel", runs.run_cancel, name="run-cancel"),
    # What a run waits for
    path("runs/<int:pk>/items/<int:item_pk>/files", steps.files_bring, name="files-bring"),
    path("runs/<int:pk>/files/<int:file_pk>", steps.file_download, name="file-download"),
    path("runs/<int:pk>/steps/<int:step_pk>/confirm", steps.step_confirm, name="step-confirm"),
    path("runs/<int:pk>/steps/<int:step_pk>/complete", steps.step_complete, name="step-complete"),
    path("runs/<int:pk>/steps/<int:step_pk>/accept", steps.step_accept, name="step-accept"),
    path("runs/<int:pk>/steps/<int:step_pk>/skip", steps.step_skip, name="step-skip"),
    path(
        "runs/<int:pk>/steps/<int:step_pk>/bring-again",
        steps.step_bring_again,
        name="step-bring-again",
    ),
    # Users
    path("users/", users.user_list, name="user-list"),
    path("users/add", users.user_add, name="user-add"),
    path("users/<int:pk>/", users.user_detail, name="user-detail"),
    path("users/<int:pk>/invite", users.user_invite, name="user-invite"),
    path("users/<int:pk>/switch", users.user_switch, name="user-switch"),
    path("users/<int:pk>/unlock", users.user_unlock, name="user-unlock"),
    path("users/<int:pk>/delete", users.user_delete, name="user-delete"),
    # One's own account
    path("account/", account.account, name="account"),
    path("account/password", account.account_password, name="account-password"),
    path("account/factor", account.account_factor, name="account-factor"),
    path("account/factor/off", account.account_factor_off, name="account-factor-off"),
    path("account/codes", account.account_codes, name="account-codes"),
    path("account/tokens", account.token_make, name="token-make"),
    path("account/tokens/<str:digest>/revoke", account.token_revoke, name="token-revoke"),
    # Approvals
    path("approvals/", approvals.approval_list, name="approval-list"),
    path("approvals/<int:pk>/decide", approvals.approval_decide, name="approval-decide"),
    # Audit log
    path("audit/", audit.audit_list, name="audit-list"),
    path("audit/check", audit.audit_check, name="audit-check"),
    path("audit/csv", audit.audit_csv, name="audit-csv"),
    path("audit/json", audit.audit_json, name="audit-json"),
    # Archives and proofs
    path("archives/", archives.archive_list, name="archive-list"),
    path("archives/bring", archives.archive_bring, name="archive-bring"),
    path("archives/<int:pk>/", archives.archive_detail, name="archive-detail"),
    path("archives/<int:pk>/download", archives.archive_download, name="archive-download"),
    path("archives/<int:pk>/verify", archives.archive_verify, name="archive-verify"),
    path("archives/<int:pk>/state", archives.archive_state, name="archive-state"),
    path("archives/<int:pk>/delete", archives.archive_delete, name="archive-delete"),
    path("verifications/<int:pk>/", verifications.verification_detail, name="verification-detail"),
    path("verifications/<int:pk>/file", verifications.verification_file, name="verification-file"),
]
