# One file, two images: `centre` runs gateway and sync, `edge` runs a controller box with its card readers.
# Every Python package comes by its hash from requirements/*.txt; nothing at run time needs the internet.

FROM python:3.11-slim-bookworm AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /opt/sekisho
COPY requirements/ requirements/
RUN python -m venv .venv && .venv/bin/pip install --quiet --require-hashes -r requirements/installer.txt

FROM packages AS centre-packages
RUN .venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes -r requirements/centre.txt

FROM packages AS edge-packages
# pyscard is compiled; the compiler stays in this stage.
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends gcc g++ libc6-dev libpcsclite-dev pkg-config swig \
    && rm -rf /var/lib/apt/lists/*
RUN .venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes \
    -r requirements/edge.txt -r requirements/cards.txt -r requirements/hardware.txt

FROM packages AS browser-files
# What other people wrote for browsers: fetched by hash (package-lock.json), never committed.
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends npm && rm -rf /var/lib/apt/lists/*
COPY package.json package-lock.json ./
COPY scripts/vendor scripts/vendor
COPY gateway/pages/static/ gateway/pages/static/
RUN python scripts/vendor

FROM python:3.11-slim-bookworm AS sekisho
ENV PATH=/opt/sekisho/.venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
# State is a volume of whoever runs the container (compose names the user), so the folder is open like /tmp.
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin sekisho \
    && install -d -m 1777 /var/lib/sekisho
WORKDIR /opt/sekisho
COPY pyproject.toml README.md ./
COPY domain/ domain/
COPY contract/ contract/
COPY store/ store/
COPY firmware_configs/ firmware_configs/
COPY gateway/ gateway/
COPY readers/ readers/
COPY sync/ sync/
COPY emulation/ emulation/
COPY demo/ demo/
COPY sekisho/ sekisho/

FROM sekisho AS centre
# Papers are printed with the machine's own Japanese fonts.
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/*
COPY --from=centre-packages /opt/sekisho/.venv .venv
COPY --from=browser-files /opt/sekisho/gateway/pages/static/vendor gateway/pages/static/vendor
RUN .venv/bin/uv pip install --quiet --python .venv/bin/python --no-build-isolation --no-deps -e .
USER sekisho
ENTRYPOINT ["sekisho"]
CMD ["--help"]

FROM sekisho AS edge
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends libpcsclite1 libusb-1.0-0 \
    && rm -rf /var/lib/apt/lists/*
# One heap for its many threads, as in its systemd unit.
ENV MALLOC_ARENA_MAX=1
COPY --from=edge-packages /opt/sekisho/.venv .venv
RUN .venv/bin/uv pip install --quiet --python .venv/bin/python --no-build-isolation --no-deps -e .
USER sekisho
ENTRYPOINT ["sekisho"]
CMD ["--help"]
