#!/usr/bin/env bash
# Puts the practice keys on SoftHSM devices, one for each key, for trying the signing agent with PKCS#11:
#   practice-devices.sh KEYS FOLDER [NAME…]
# KEYS is the folder of key files (var/practice/agent/keys), FOLDER gets the devices and softhsm2.conf, NAME chooses some
# keys. SOFTHSM2_CONF=FOLDER/softhsm2.conf shows them to the agent. The PIN is that of the practice keys.
set -euo pipefail

keys=${1:?folder of the practice keys} folder=${2:?folder for the devices}
shift 2
pin=$(head -n 1 "$keys/../pin")
module=${SOFTHSM_MODULE:-/usr/lib/softhsm/libsofthsm2.so}

mkdir -p "$folder/tokens"
folder=$(cd "$folder" && pwd)
printf 'directories.tokendir = %s/tokens\nlog.level = ERROR\n' "$folder" >"$folder/softhsm2.conf"
export SOFTHSM2_CONF=$folder/softhsm2.conf
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ $# -eq 0 ]; then
  for file in "$keys"/*.p12; do
    set -- "$@" "$(basename "$file" .p12)"
  done
fi
for name in "$@"; do
  openssl pkcs12 -in "$keys/$name.p12" -passin "pass:$pin" -nocerts -nodes 2>/dev/null |
    openssl pkcs8 -topk8 -nocrypt -out "$work/key.pem"
  openssl x509 -in "$keys/$name.pem" -outform DER -out "$work/certificate.der"
  softhsm2-util --init-token --free --label "$name" --so-pin 87654321 --pin "$pin" >/dev/null
  softhsm2-util --import "$work/key.pem" --token "$name" --label "$name" --id 01 --pin "$pin" >/dev/null
  pkcs11-tool --module "$module" --token-label "$name" --login --pin "$pin" \
    --write-object "$work/certificate.der" --type cert --id 01 --label "$name" >/dev/null
done
echo "$# devices in $folder"
