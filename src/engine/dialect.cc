#include "engine/dialect.hh"

#include <fmt/format.h>

#include "base/hash.hh"

namespace taut::engine {

// As no server is called. Another content is another cluster.
std::string Dialect::Place::name() const {
  std::string way = kubeconfig;
  for (const std::string& audience : token.audiences) way += '\n' + audience;
  std::string account = token.account.empty() ? std::string() : fmt::format(" {}/{}", token.ns, token.account);
  return fmt::format("kubeconfig {}{} {:016x}", cluster, account, hash64(way));
}

}  // namespace taut::engine
