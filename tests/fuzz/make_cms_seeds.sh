#!/bin/sh
# Makes seeds/cms: signatures of throw-away keys, with and without certificates, P-256 and RSA-2048.
# The keys are not kept: nothing is ever verified with these.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$here/seeds/cms"
printf 'manifest' > "$work/manifest"
for kind in ec rsa; do
  case $kind in
    ec) openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$work/$kind.key" ;;
    rsa) openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$work/$kind.key" ;;
  esac 2>/dev/null
  openssl req -new -x509 -key "$work/$kind.key" -subj '/C=VN/CN=Seed' -days 3650 -out "$work/$kind.pem"
  for certificates in '' -nocerts; do
    openssl cms -sign -binary -cades -md sha256 -nosmimecap $certificates -signer "$work/$kind.pem" \
      -inkey "$work/$kind.key" -in "$work/manifest" -outform DER -out "$here/seeds/cms/$kind$certificates.p7s"
  done
done
