"""The WSGI application that gunicorn serves."""

import gc
import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "migrator.settings")

application = get_wsgi_application()
import_module("migrator.metrics").forget_the_dead()  # only now can models be imported
import_module("migrator.urls")  # else the first request would wait for all views

# What is loaded by now stays to the end, and the collector would look at all of it again and again,
# which takes a fifth of the time of a page.
gc.collect()
gc.freeze()
# Templates and large questions are made at their first use and stay, too. To look at all of that
# takes 40 ms; little of what a page leaves behind gets so old, so it is looked for ten times rarer.
gc.set_threshold(*gc.get_threshold()[:2], 100)
