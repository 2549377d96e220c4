# shellcheck shell=bash
# Sourced by the scripts that build images. find_builder sets BUILDER to what builds here, the first of: `buildx` (a Docker client
# with that plug-in), `buildkit` (an older client, which has BuildKit in itself), `buildah`, `docker` (the old builder); and DOCKER to the
# client. IMAGE_BUILDER names one of them. Returns 1, with the next step on stderr, where there is none.

find_builder() {
  local client wanted=${IMAGE_BUILDER:-}
  BUILDER='' DOCKER=''
  for client in $(type -ap docker | awk '!seen[$0]++'); do
    [ "${wanted:-docker}" != buildah ] || break
    "$client" version --format '{{.Server.Version}}' >/dev/null 2>&1 || continue
    if [ "${wanted:-buildx}" = buildx ] && "$client" buildx version >/dev/null 2>&1; then
      BUILDER=buildx DOCKER=$client
      return
    fi
    # From 23 on the client leaves BuildKit to the plug-in.
    if [ "${wanted:-buildkit}" = buildkit ] && [ "$("$client" version --format '{{.Client.Version}}' | cut -d. -f1)" -lt 23 ]; then
      BUILDER=buildkit DOCKER=$client
    fi
    [ "$BUILDER" = buildkit ] || DOCKER=${DOCKER:-$client}
  done
  [ -z "$BUILDER" ] || return 0
  if [ "${wanted:-buildah}" = buildah ] && command -v buildah >/dev/null; then
    BUILDER=buildah
    return
  fi
  if [ "${wanted:-docker}" = docker ] && [ -n "$DOCKER" ]; then
    BUILDER=docker
    return
  fi
  printf 'Nothing here builds images%s. Start Docker (docker version says whether it answers), or install buildah.\n' \
    "${wanted:+ as IMAGE_BUILDER=$wanted asks}" >&2
  return 1
}
