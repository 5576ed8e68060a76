/* sch_connect: `sch connect`: a TCP client for sch_link.
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

#define HOST_ROOM 256

/* split cuts HOST:PORT, or [ADDRESS]:PORT, at its last colon. Gives the port, or NULL. */
static const char *split(const char *place, char host[HOST_ROOM]) {
  const char *colon = strrchr(place, ':');
  size_t size = colon == NULL ? 0 : (size_t)(colon - place);

  if (size >= 2 && place[0] == '[' && place[size - 1] == ']') {
    place++;
    size -= 2;
  }
  if (size == 0 || size >= HOST_ROOM || colon[1] == '\0') {
    return NULL;
  }
  sch_copy(host, place, size);
  host[size] = '\0';
  return colon + 1;
}

/* reach connects one socket within the timeout. False with errno. */
static bool reach(int wire, const struct addrinfo *address, unsigned seconds) {
  struct pollfd port = {.fd = wire, .events = POLLOUT};
  int number = 0;
  socklen_t size = sizeof number;

  if (connect(wire, address->ai_addr, address->ai_addrlen) == 0) {
    return true;
  }
  if (errno != EINPROGRESS) {
    return false;
  }
  int ready;

  do {
    ready = poll(&port, 1, seconds == 0 ? -1 : (int)seconds * 1000);
  } while (ready < 0 && errno == EINTR);
  if (ready == 0) {
    errno = ETIMEDOUT;
  }
  if (ready <= 0 || getsockopt(wire, SOL_SOCKET, SO_ERROR, &number, &size) != 0) {
    return false;
  }
  errno = number;
  return number == 0;
}

/* dial tries every address of the host. Gives a socket, or -1 with the reason in `*why`. */
static int dial(const char *host, const char *port, unsigned seconds, const char **why) {
  const struct addrinfo wanted = {.ai_socktype = SOCK_STREAM};
  struct addrinfo *found;
  const int fault = getaddrinfo(host, port, &wanted, &found);
  int wire = -1;

  if (fault != 0) {
    *why = gai_strerror(fault);
    return -1;
  }
  for (const struct addrinfo *at = found; at != NULL && wire < 0; at = at->ai_next) {
    wire = socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (wire < 0 || !reach(wire, at, seconds)) {
      *why = strerror(errno);
      (void)(wire < 0 || close(wire));
      wire = -1;
    }
  }
  freeaddrinfo(found);
  return wire;
}

/* is_address: an IP address is no server name, RFC 6066 section 3. */
static bool is_address(const char *host) {
  struct in6_addr ignored;

  return inet_pton(AF_INET, host, &ignored) == 1 || inet_pton(AF_INET6, host, &ignored) == 1;
}

int sch_command_connect(int count, char **words) {
  struct sch_options options = {0};
  char host[HOST_ROOM];
  CredHandle credential;
  const char *why = "";
  const int early = sch_options_read(&options, count, words);

  if (early >= 0) {
    return early;
  }
  const char *port = split(options.place, host);

  if (port == NULL) {
    return sch_complain_usage("connect", "'%s' is not HOST:PORT", options.place);
  }
  if (!sch_credential_acquire(&options, &credential)) {
    return SCH_EXIT_FAILED;
  }
  const int wire = dial(host, port, options.timeout, &why);
  const char *name = options.name != NULL ? options.name : is_address(host) ? "" : host;
  int verdict;

  if (wire < 0) {
    verdict = sch_complain("%s: %s", options.place, why);
  } else {
    options.peer = *name == '\0' ? host : name;
    verdict = sch_link_run(&options, &credential, *name == '\0' ? NULL : name, wire);
  }
  (void)FreeCredentialsHandle(&credential);
  return verdict;
}
