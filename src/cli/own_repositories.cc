#include "cli/own_repositories.hh"

#include "base/http_status.hh"
#include "base/strings.hh"
#include "io/git/repositories.hh"
#include "io/net/http.hh"
#include "io/registry/chart_repositories.hh"

namespace taut::cli {
namespace {

constexpr int kRedirects = 10;  // as Go's http.Client
constexpr std::chrono::seconds kPatience(60);

git::Options git_options(const std::string& data) {
  git::Options out;
  out.directory = data + "/git";
  out.credentials = [](const std::string&) -> Result<git::Credentials> { return git::Credentials(); };
  return out;
}

registry::ChartRepositoriesOptions chart_options(const std::string& data) {
  registry::ChartRepositoriesOptions out;
  out.directory = data + "/charts";
  return out;
}

}  // namespace

Result<std::string> download_file(const std::string& url) {
  net::HttpClient client({});
  net::HttpRequest request;
  request.url = url;
  request.max_redirects = kRedirects;
  request.idle_timeout = kPatience;
  auto answer = client.send(std::move(request));
  if (!answer) {
    // The client names the URL itself, without its query.
    std::string_view message = answer.error().message(), request_line, cause = message;
    cut(message, "\": ", request_line, cause);
    return fail(Error(answer.error()).with_message(fmt::format("Get \"{}\": {}", url, cause)));
  }
  if (answer->status < 200 || answer->status > 299) return fail(Code::kNotFound, "status code {} ({})", answer->status, http_reason(answer->status));
  return std::move(answer->body);
}

struct OwnRepositories::Opened {
  explicit Opened(const std::string& data) : git(git_options(data)), charts(chart_options(data), git) {}
  git::GitRepositories git;
  registry::ChartRepositories charts;
};

OwnRepositories::OwnRepositories(std::string data) : data_(std::move(data)) {}
OwnRepositories::~OwnRepositories() = default;

Repositories& OwnRepositories::opened() {
  std::call_once(once_, [this] { opened_ = std::make_unique<Opened>(data_); });
  return opened_->charts;
}

Result<std::string> OwnRepositories::resolve(const std::string& url, const std::string& revision) { return opened().resolve(url, revision); }
Result<TreePtr> OwnRepositories::tree(const std::string& url, const std::string& sha) { return opened().tree(url, sha); }

Result<TreePtr> OwnRepositories::tree_with_submodules(const std::string& url, const std::string& sha) {
  return opened().tree_with_submodules(url, sha);
}
Result<std::vector<std::string>> OwnRepositories::changed_paths(const std::string& url, const std::string& from, const std::string& to) {
  return opened().changed_paths(url, from, to);
}
Result<Commit> OwnRepositories::commit(const std::string& url, const std::string& sha) { return opened().commit(url, sha); }

}  // namespace taut::cli
