"""The addresses of the pages."""

from django.urls import path, re_path

from dashboard import urls_archives, urls_assess, urls_capture, urls_restore
from dashboard.views import (
    account,
    approvals,
    audit,
    backups,
    home,
    instances,
    model_services,
    models,
    plan_again,
    plan_collect,
    plan_finish,
    plan_losses,
    plan_models,
    plan_scope,
    plan_seal,
    plans,
    reports,
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
    *urls_archives.urlpatterns,
    *urls_assess.urlpatterns,
    *urls_restore.urlpatterns,
    path("plans/<int:pk>/collect", plan_collect.plan_collect, name="plan-collect"),
    path("plans/<int:pk>/collect/start", plan_collect.plan_collect_start, name="plan-start-backup"),
    path("plans/<int:pk>/seal", plan_seal.plan_seal, name="plan-seal"),
    # The end of a plan
    path("plans/<int:pk>/finish", plan_finish.plan_finish, name="plan-finish"),
    path("plans/<int:pk>/retrain", plan_again.plan_again, name="plan-retrain"),
    path("plans/<int:pk>/kits", plan_again.plan_kits, name="plan-kits"),
    path("plans/<int:pk>/model-ids", plan_again.plan_model_ids, name="plan-model-ids"),
    path(
        "plans/<int:pk>/items/<int:item_pk>/accept",
        plan_finish.plan_finish_accept,
        name="plan-finish-accept",
    ),
    path(
        "plans/<int:pk>/items/<int:item_pk>/leave-open",
        plan_finish.plan_finish_leave,
        name="plan-finish-leave",
    ),
    path(
        "plans/<int:pk>/items/<int:item_pk>/sign",
        plan_finish.plan_finish_sign,
        name="plan-finish-sign",
    ),
    path(
        "plans/<int:pk>/items/<int:item_pk>/train",
        plan_again.plan_finish_train,
        name="plan-finish-train",
    ),
    path(
        "plans/<int:pk>/items/<int:item_pk>/successor",
        plan_again.plan_finish_successor,
        name="plan-finish-successor",
    ),
    path("receipts/<int:pk>/", plan_finish.receipt_detail, name="receipt-detail"),
    path("receipts/<int:pk>/json", plan_finish.receipt_json, name="receipt-json"),
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
    # Runs
    path("runs/", runs.run_list, name="run-list"),
    path("runs/<int:pk>/", runs.run_detail, name="run-detail"),
    path("runs/<int:pk>/log", runs.run_log, name="run-log"),
    path("runs/<int:pk>/pause", runs.run_pause, name="run-pause"),
    path("runs/<int:pk>/resume", runs.run_resume, name="run-resume"),
    path("runs/<int:pk>/retry", runs.run_retry, name="run-retry"),
    path("runs/<int:pk>/again", runs.run_again, name="run-again"),
    path("runs/<int:pk>/support", runs.run_support, name="run-support"),
    path("runs/<int:pk>/report", reports.run_report_page, name="run-report"),
    re_path(
        rf"^runs/(?P<pk>\d+)/report\.(?P<form>{'|'.join(reports.FORMS)})$",
        reports.run_report_file,
        name="run-report-file",
    ),
    path("plans/<int:pk>/report", reports.plan_report_page, name="plan-report"),
    re_path(
        rf"^plans/(?P<pk>\d+)/report\.(?P<form>{'|'.join(reports.FORMS)})$",
        reports.plan_report_file,
        name="plan-report-file",
    ),
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
    # Proofs
    path("verifications/<int:pk>/", verifications.verification_detail, name="verification-detail"),
    path("verifications/<int:pk>/file", verifications.verification_file, name="verification-file"),
]
