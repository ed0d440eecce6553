FROM python:3.11-slim AS build
WORKDIR /src
RUN python -m venv /opt/frontdesk
ENV PATH=/opt/frontdesk/bin:$PATH
# requirements-all.lock adds the extras: other channels than mail, and traces.
ARG LOCK=requirements.lock
# The lock first: a change of our own code then reuses this layer.
COPY ${LOCK} chosen.lock
RUN pip install --no-cache-dir --require-hashes --no-deps --only-binary :all: -r chosen.lock
COPY . .
RUN pip install --no-cache-dir --no-deps --no-index --no-build-isolation .

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin frontdesk
COPY --from=build /opt/frontdesk /opt/frontdesk
# Nothing is written beside the code, so the file system may be read-only; logs leave line by line.
ENV PATH=/opt/frontdesk/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
# By number, so that whoever checks for root need not look it up.
USER 10001
# No HEALTHCHECK: one image plays several parts, and the compose file knows which.
ENTRYPOINT ["frontdesk"]
CMD ["--help"]
