# The app and the line; `docker compose build` makes it. Packages are those that the tests ran with.
FROM python:3.11.11-slim-bookworm

# LightGBM's only system library.
RUN apt-get update && apt-get install -y --no-install-recommends libgomp1 && rm -rf /var/lib/apt/lists/*

COPY . /src
RUN pip install --no-cache-dir -c /src/constraints.txt /src && rm -rf /src

RUN useradd --create-home --uid 1000 sandan && install -d -o sandan -g sandan -m 700 /home/sandan/home
USER sandan
WORKDIR /home/sandan
ENV SANDAN_HOME=/home/sandan/home
CMD ["sandan", "--help"]
