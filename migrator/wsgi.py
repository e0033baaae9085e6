"""The WSGI application that gunicorn serves."""

import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.template.loader import get_template

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "migrator.settings")

application = get_wsgi_application()
import_module("migrator.metrics").forget_the_dead()  # only now can models be imported
import_module("migrator.urls")  # else the first request would wait for all views

for root in settings.TEMPLATES[0]["DIRS"]:
    for file in root.rglob("*.html"):
        get_template(str(file.relative_to(root)))

# What is loaded by now stays to the end, and the collector would look at all of it again and again,
# which takes a fifth of the time of a page, and at times 200 ms of a single one.
gc.collect()
gc.freeze()
# What is left of requests is little, but to look for it takes 20 ms: one request in a hundred bears
# that, not one in twenty.
gc.set_threshold(*gc.get_threshold()[:2], 50)
