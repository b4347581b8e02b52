#!/bin/sh
# Makes the certificates of this folder: an authority, a server and a client that it signed, an authority of the same
# name with another key, and a server signed by that. Run in this folder; needs openssl.
set -eu
key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1.key.pem"; }
authority() {
  key "$1"
  openssl req -x509 -new -key "$1.key.pem" -subj "/CN=splade-bridge test authority" -days 36500 -out "$1.pem" \
    -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign"
}
signed() { # name, authority, subject alternative name, options
  key "$1"
  printf 'subjectAltName=%s\nbasicConstraints=CA:FALSE\n' "$3" > extensions
  openssl req -new -key "$1.key.pem" -subj "/CN=$1" -out request
  # shellcheck disable=SC2086
  openssl x509 -req -in request -CA "$2.pem" -CAkey "$2.key.pem" -set_serial "0x$(openssl rand -hex 8)" \
    -extfile extensions $4 -out "$1.pem"
  rm request extensions
}
authority authority
authority impostor
signed server authority "DNS:localhost,IP:127.0.0.1" "-days 36500"
signed elsewhere authority "DNS:elsewhere.example" "-days 36500"
signed client authority "DNS:client" "-days 36500"
signed forged impostor "DNS:localhost,IP:127.0.0.1" "-days 36500"
rm authority.key.pem impostor.key.pem
