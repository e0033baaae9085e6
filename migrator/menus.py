"""Where things are in Knowledge Studio, in its own words: one path for each, wherever it is told.

Menu entries, pages and tabs, one after the other. Source: IBM's documentation, repository
ibm-cloud-docs/watson-knowledge-studio, pages `exportimport`, `annotate-documents`, `publish-ml`,
`rule-annotator-define-rule`, `team` and `create-project`.
"""

ENTITY_TYPES = "Assets > Entity Types"
DICTIONARIES = "Assets > Dictionaries"
DOCUMENT_SETS = "Assets > Documents > Document Sets"
ANNOTATION_TASKS = "Machine Learning Model > Annotations > Annotation Tasks"
ML_PERFORMANCE = "Machine Learning Model > Performance"
ML_VERSIONS = "Machine Learning Model > Versions"
RULES = "Rule-based Model > Rules"
RULES_VERSIONS = "Rule-based Model > Versions > Rule-based Model"
# Of both kinds of models, of every workspace.
DEPLOYED_MODELS = "Settings > Manage deployed models"
USERS = "Settings > Manage service details > Manage users"
# Name, description, tokenizer and project managers of a workspace.
WORKSPACE = "Workspaces > Show menu > Edit"
