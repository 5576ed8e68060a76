/* sch_serve: `sch serve`: a TCP server for sch_link, one connection at a time.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sch.h"

/* announce prints where the socket listens, for those who asked for any port. */
static void announce(int listener) {
  struct sockaddr_storage address;
  socklen_t size = sizeof address;
  char host[NI_MAXHOST] = "?";
  char port[NI_MAXSERV] = "?";

  if (getsockname(listener, (struct sockaddr *)&address, &size) == 0) {
    (void)getnameinfo((struct sockaddr *)&address, size, host, sizeof host, port, sizeof port,
                      NI_NUMERICHOST | NI_NUMERICSERV);
  }
  (void)fprintf(stderr,
                strchr(host, ':') == NULL ? "listening on %s:%s\n" : "listening on [%s]:%s\n", host,
                port);
}

/* open_listener gives a listening socket, or -1 after saying why there is none. */
static int open_listener(const struct sch_options *options) {
  const struct addrinfo wanted = {.ai_socktype = SOCK_STREAM,
                                  .ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV};
  const char *host = options->bind == NULL ? "127.0.0.1" : options->bind;
  const int on = 1;
  struct addrinfo *found;
  const int fault = getaddrinfo(host, options->place, &wanted, &found);

  if (fault != 0) {
    (void)sch_complain("%s port %s: %s", host, options->place, gai_strerror(fault));
    return -1;
  }
  int listener = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

  if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      bind(listener, found->ai_addr, found->ai_addrlen) != 0 || listen(listener, SOMAXCONN) != 0) {
    (void)sch_complain("%s port %s: %s", host, options->place, strerror(errno));
    (void)(listener < 0 || close(listener));
    listener = -1;
  }
  freeaddrinfo(found);
  return listener;
}

/* await gives the next connection within the timeout, or -1 with errno. */
static int await(int listener, unsigned seconds) {
  struct pollfd port = {.fd = listener, .events = POLLIN};

  for (;;) {
    const int ready = poll(&port, 1, seconds == 0 ? -1 : (int)seconds * 1000);

    if (ready == 0) {
      errno = ETIMEDOUT;
      return -1;
    }
    const int wire = ready < 0 ? -1 : accept4(listener, NULL, NULL, SOCK_CLOEXEC);

    if (wire >= 0 || (errno != EINTR && errno != ECONNABORTED)) {
      return wire;
    }
  }
}

static int serve(const struct sch_options *options, CredHandle *credential, int listener) {
  int verdict = SCH_EXIT_CLEAN;

  for (unsigned i = 0; options->loop == 0 || i < options->loop; i++) {
    const int wire = await(listener, options->timeout);

    if (wire < 0) {
      return sch_complain("no client: %s", strerror(errno));
    }
    const int result = sch_link_run(options, credential, NULL, wire);

    verdict = result == SCH_EXIT_CLEAN ? verdict : result;
  }
  return verdict;
}

int sch_command_serve(int count, char **words) {
  struct sch_options options = {.server = true, .loop = 1};
  CredHandle credential;
  int verdict = SCH_EXIT_FAILED;
  const int early = sch_options_read(&options, count, words);

  if (early >= 0) {
    return early;
  }
  if (!sch_credential_acquire(&options, &credential)) {
    return SCH_EXIT_FAILED;
  }
  const int listener = open_listener(&options);

  if (listener >= 0) {
    announce(listener);
    verdict = serve(&options, &credential, listener);
    (void)close(listener);
  }
  (void)FreeCredentialsHandle(&credential);
  return verdict;
}
