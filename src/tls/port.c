/* port: see port.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "tls/port.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>

static BIO_METHOD *method;
static CRYPTO_ONCE method_once = CRYPTO_ONCE_STATIC_INIT;

static int port_read(BIO *bio, char *to, size_t room, size_t *size) {
  struct sch_port *port = BIO_get_data(bio);
  const size_t part = room < port->in.size ? room : port->in.size;
  struct sch_span bytes;

  BIO_clear_retry_flags(bio);
  if (part == 0 || !sch_span_take(&port->in, part, &bytes)) {
    BIO_set_retry_read(bio);
    return 0;
  }
  sch_copy(to, bytes.data, bytes.size);
  *size = bytes.size;
  return 1;
}

static bool port_takes(struct sch_port *port, struct sch_span bytes) {
  if (port->token != NULL) {
    return sch_fifo_append(port->token, bytes);
  }
  if (port->record != NULL) {
    sch_builder_bytes(port->record, bytes);
    return !port->record->failed;
  }
  return true;
}

static int port_write(BIO *bio, const char *from, size_t size, size_t *written) {
  struct sch_port *port = BIO_get_data(bio);

  BIO_clear_retry_flags(bio);
  if (!port_takes(port, sch_span_of(from, size))) {
    port->refused = true;
    return 0;
  }
  *written = size;
  return 1;
}

/* libssl flushes after each flight; every other request is declined. */
static long port_control(BIO *bio, int request, long number, void *data) {
  (void)bio;
  (void)number;
  (void)data;
  return request == BIO_CTRL_FLUSH ? 1 : 0;
}

static void make_method(void) {
  BIO_METHOD *made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "port");

  if (made != NULL && BIO_meth_set_read_ex(made, port_read) == 1 &&
      BIO_meth_set_write_ex(made, port_write) == 1 && BIO_meth_set_ctrl(made, port_control) == 1) {
    method = made;
  } else {
    BIO_meth_free(made);
  }
}

BIO *sch_port_bio(struct sch_port *port) {
  if (CRYPTO_THREAD_run_once(&method_once, make_method) != 1 || method == NULL) {
    return NULL;
  }
  BIO *bio = BIO_new(method);

  if (bio != NULL) {
    BIO_set_data(bio, port);
    BIO_set_init(bio, 1);
  }
  return bio;
}
