# Functions of the practice PKI's scripts; sourced, not run. Every function leaves alone what exists already.
# Keys are made with mode 600; a file appears whole under its name or not at all.

validity_days=${TRAM_PKI_DAYS:-825}

die() { echo "${0##*/}: $*" >&2; exit 1; }

# Runs openssl quietly, and shows what it said when it fails.
quiet_openssl() {
  local said
  said=$(openssl "$@" 2>&1) || die "openssl $1: $said"
}

is_code() { [[ $1 =~ ^[A-Z][0-9]{2}(\.[0-9A-Z]+)*$ && ${#1} -le 35 ]]; }
is_name() { [[ $1 =~ ^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$ ]]; }

# new_key FILE p256|p384|ed25519|rsaBITS
new_key() {
  local file=$1 kind=$2
  [[ -s $file ]] && return
  mkdir -p "$(dirname "$file")"
  case $kind in
    p256) set -- EC -pkeyopt ec_paramgen_curve:P-256 ;;
    p384) set -- EC -pkeyopt ec_paramgen_curve:P-384 ;;
    rsa*) set -- RSA -pkeyopt "rsa_keygen_bits:${kind#rsa}" ;;
    ed25519) set -- ED25519 ;;
    *) die "no such kind of key: $kind" ;;
  esac
  (umask 077 && quiet_openssl genpkey -algorithm "$@" -out "$file.new")
  mv "$file.new" "$file"
}

# request_config SUBJECT EXTENSIONS: an openssl configuration; both are lines "name = value".
request_config() {
  printf '%s\n' '[req]' 'prompt = no' 'utf8 = yes' 'string_mask = utf8only' 'distinguished_name = dn' \
    '[dn]' "$1" '[ext]' "$2"
}

# certify KEY CRT CA SUBJECT EXTENSIONS [OPENSSL-OPTION...]: a certificate of KEY by CA (path without ending),
# or by itself when CA is "self".
certify() {
  local key=$1 crt=$2 ca=$3 subject=$4 extensions=$5
  shift 5
  [[ -s $crt ]] && return
  mkdir -p "$(dirname "$crt")"
  local by=()
  [[ $ca == self ]] || by=(-CA "$ca.crt" -CAkey "$ca.key")
  quiet_openssl req -x509 -new -key "$key" "${by[@]}" -sha256 -days "$validity_days" -extensions ext \
    -config <(request_config "$subject" "$extensions") -out "$crt.new" "$@"
  mv "$crt.new" "$crt"
}

identifiers='subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always'

ca_extensions="basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
$identifiers"

seal_extensions="basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature, nonRepudiation
extendedKeyUsage = 1.3.6.1.5.5.7.3.36
$identifiers"

# make_cas DIR: the root, the agencies' CA (signs seals) and the TLS CA (limited to TLS, so that nothing it
# certifies can sign a document).
make_cas() {
  local ca=$1/ca
  new_key "$ca/root.key" p256
  certify "$ca/root.key" "$ca/root.crt" self $'C = VN\nO = Trạm practice PKI\nCN = Practice root CA' \
    $'basicConstraints = critical, CA:TRUE\nkeyUsage = critical, keyCertSign, cRLSign\nsubjectKeyIdentifier = hash' \
    -days 7300
  new_key "$ca/agencies.key" p256
  certify "$ca/agencies.key" "$ca/agencies.crt" "$ca/root" \
    $'C = VN\nO = Trạm practice PKI\nCN = Practice CA for agencies' "$ca_extensions" -days 3650
  new_key "$ca/tls.key" p256
  certify "$ca/tls.key" "$ca/tls.crt" "$ca/root" $'C = VN\nO = Trạm practice PKI\nCN = Practice CA for TLS' \
    "$ca_extensions"$'\nextendedKeyUsage = serverAuth, clientAuth' -days 3650
  cp -u "$ca/root.crt" "$1/roots.pem"
  cp -u "$ca/agencies.crt" "$1/intermediates.pem"
}

# seal DIR FILE KIND CODE NAME: a certificate that speaks for CODE.
seal() {
  new_key "$1/seals/$2.key" "$3"
  certify "$1/seals/$2.key" "$1/seals/$2.crt" "$1/ca/agencies" \
    $'C = VN\nO = '"Cơ quan $4"$'\norganizationIdentifier = GOVVN-'"$4"$'\nCN = '"$5" "$seal_extensions"
}

# tls DIR FILE SUBJECT USES [EXTENSION]: a TLS certificate, followed in its file by the CA's.
tls() {
  local file=$1/$2
  [[ -s $file.crt ]] && return
  new_key "$file.key" p256
  certify "$file.key" "$file.leaf" "$1/ca/tls" "$3" "basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = $4
$identifiers
${5:-}"
  cat "$file.leaf" "$1/ca/tls.crt" > "$file.crt.new"
  mv "$file.crt.new" "$file.crt"
  rm "$file.leaf"
}

# log_key DIR NAME CODE: an Ed25519 key and its C2SP vkey: name+hex(keyID)+base64(0x01 ‖ public key), where
# keyID = SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public key)[:4].
log_key() {
  local file=$1/nodes/$2.log origin=$3.tram.example/log id
  new_key "$file.key" ed25519
  [[ -s $file.vkey ]] && return
  public() { openssl pkey -in "$file.key" -pubout -outform DER | tail -c 32; }
  id=$({ printf '%s\n\001' "$origin"; public; } | sha256sum | cut -c 1-8)
  echo "$origin+$id+$({ printf '\001'; public; } | base64 -w 0)" > "$file.vkey.new"
  mv "$file.vkey.new" "$file.vkey"
}
