# The product without its broker and database: web, worker and beat run from this one image.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 \
    DATA_DIR=/data

WORKDIR /app
COPY requirements.txt .
RUN pip install -r requirements.txt

COPY manage.py ./
COPY migrator migrator
COPY dashboard dashboard
COPY sandbox sandbox
COPY templates templates
COPY static static

# Nothing in the image is writable for the user that runs it; what changes lives in the volume.
RUN useradd --system --uid 10001 --home-dir /data migrator \
    && mkdir /data && chown migrator:migrator /data && chmod 700 /data
USER migrator
VOLUME /data
EXPOSE 8000

CMD ["gunicorn", "migrator.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", \
     "--workers", "2", "--threads", "8", "--graceful-timeout", "8", "--keep-alive", "75", \
     "--preload", "--no-control-socket"]
