// JSON over HTTP with a token: what the providers share. Internal to the room.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "io/net/http.hh"
#include "port/scm.hh"
#include "value/value.hh"

namespace taut::scm {

// Thread-safe.
class Api {
 public:
  // `base` has no slash at the end; `authorization` is sent with each request unless it has no value.
  Api(std::string base, net::Header authorization, const ScmAccount& account);

  // Paths begin with a slash and may have a query. Answers that are no 2xx are errors with the server's message.
  Result<Value> get(const std::string& path);
  Result<Value> send(const std::string& method, const std::string& path, const Value& body);
  // All pages of a list, by `page` and `size` parameters, for as long as the server's Link names a next one. `stop`
  // ends it early.
  Result<std::vector<Value>> list(const std::string& path, const std::string& size = "per_page=100",
                                  const std::function<bool(const Value&)>& stop = {});

 private:
  Result<net::HttpResponse> exchange(const std::string& method, const std::string& path, std::string body);

  const std::string base_;
  const net::Header authorization_;
  net::HttpClient client_;
};

std::shared_ptr<Scm> make_github(std::string base, const ScmAccount& account);
std::shared_ptr<Scm> make_gitlab(std::string base, const ScmAccount& account);
std::shared_ptr<Scm> make_gitea(std::string base, const ScmAccount& account);

std::vector<std::string> strings_of(const Value& list);
// The `name` of each item.
std::vector<std::string> names_of(const Value& list);
bool has_all(const std::vector<std::string>& labels, const std::vector<std::string>& wanted);
// A kNotFound as nothing, other errors as they are.
template <class T>
Result<std::optional<T>> if_found(Result<T> result) {
  if (result) return std::optional<T>(std::move(*result));
  if (result.error().code() == Code::kNotFound) return std::optional<T>();
  return tl::unexpected(result.error());
}

}  // namespace taut::scm
