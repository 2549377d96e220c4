# shellcheck shell=bash
# Sourced by test-images. start_engine FOLDER: where no Docker daemon answers, one is started whose data, socket and log are in FOLDER,
# and DOCKER_HOST names it; stop_engine ends that one and no other. keep_images FILE IMAGE... writes images that would end with it into a file.
# Where Docker is not installed and this is root on a Debian, apt installs it.

engine_process=''

start_engine() {
  local folder=$1
  if docker version >/dev/null 2>&1; then return; fi
  if ! command -v dockerd >/dev/null; then
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
      say "No Docker daemon answers, and none can be started here: install Docker (https://docs.docker.com/engine/install/), then run this again."
      return 3
    fi
    say "Installing Docker's engine (apt-get install docker.io) ..."
    apt-get update -qq >&2
    DEBIAN_FRONTEND=noninteractive apt-get install --yes -qq --no-install-recommends docker.io iptables >&2
  fi
  mkdir -p "$folder"
  export DOCKER_HOST=unix://$folder/docker.sock
  dockerd --data-root "$folder/data" --exec-root "$folder/run" --pidfile "$folder/docker.pid" --host "$DOCKER_HOST" >"$folder/dockerd.log" 2>&1 &
  engine_process=$!
  for _ in $(seq 1 150); do
    if docker version >/dev/null 2>&1; then return; fi
    kill -0 "$engine_process" 2>/dev/null || break
    sleep 0.2
  done
  say "dockerd did not start:"
  tail -n 5 "$folder/dockerd.log" >&2
  return 1
}

keep_images() {
  # Under another name first: a file that is there is whole.
  if mkdir -p "$(dirname "$1")" && docker save --output "$1.part" "${@:2}" && mv "$1.part" "$1"; then
    say "The images are in $1: docker load --input $1"
  else
    rm -f "$1.part"
    say "The images could not be kept."
  fi
}

stop_engine() {
  [ -n "$engine_process" ] || return 0
  kill "$engine_process" 2>/dev/null || true
  wait "$engine_process" 2>/dev/null || true
  # It leaves its own network mounted, and a folder with that in it cannot be removed.
  umount "$(dirname "${DOCKER_HOST#unix://}")/run/netns/default" 2>/dev/null || true
}
