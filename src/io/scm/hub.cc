// GitHub and Gitea, whose APIs have the same shape.
#include <algorithm>

#include "base/strings.hh"
#include "base/url.hh"
#include "io/scm/api.hh"

namespace taut::scm {
namespace {

// Where the two differ.
struct Dialect {
  std::string_view prefix;      // of every path
  std::string_view page_size;
  std::string_view commit_sha;  // of a branch's commit
};
constexpr Dialect kGitHub{"", "per_page=100", "sha"};
constexpr Dialect kGitea{"/api/v1", "limit=50", "id"};

class Hub : public Scm {
 public:
  Hub(const Dialect& dialect, std::string base, net::Header authorization, const ScmAccount& account)
      : dialect_(dialect), api_(std::move(base) + std::string(dialect.prefix), std::move(authorization), account) {}

  Result<std::vector<PullRequest>> pull_requests(const std::string& project, const PullRequestFilter& filter) override {
    TAUT_ASSIGN(auto items, api_.list(fmt::format("/repos/{}/pulls?state=open", project), page_size()));
    std::vector<PullRequest> out;
    for (const Value& item : items) {
      PullRequest pull{item["number"].as_int(), item["title"].str(), item["head"]["ref"].str(), item["base"]["ref"].str(),
                       item["head"]["sha"].str(), item["user"]["login"].str(), names_of(item["labels"])};
      if (has_all(pull.labels, filter.labels)) out.push_back(std::move(pull));
    }
    return out;
  }

  Result<std::vector<ScmRepository>> repositories(const std::string& owner, const RepositoryFilter& filter) override {
    TAUT_ASSIGN(auto items, api_.list(fmt::format("/orgs/{}/repos", url_encode(owner)), page_size()));
    std::vector<ScmRepository> out;
    for (const Value& item : items) {
      if (!filter.protocol.empty() && filter.protocol != "ssh" && filter.protocol != "https")
        return fail(Code::kInvalid, "unknown clone protocol for GitHub {}", filter.protocol);
      if (filter.exclude_archived && item["archived"].as_bool()) continue;
      std::string_view url = filter.protocol == "https" ? "clone_url" : "ssh_url";
      out.push_back({item["owner"]["login"].str(), item["name"].str(), std::to_string(item["id"].as_int()), item[url].str(),
                     item["default_branch"].str(), "", strings_of(item["topics"])});
    }
    return out;
  }

  Result<std::vector<ScmRepository>> branches(const ScmRepository& repository, bool all) override {
    std::vector<Value> found;
    if (all) {
      TAUT_ASSIGN(found, api_.list(path_of(repository) + "/branches", page_size()));
    } else {
      TAUT_ASSIGN(auto one, if_found(api_.get(path_of(repository) + "/branches/" + url_encode(repository.branch))));
      if (one) found.push_back(std::move(*one));
    }
    std::vector<ScmRepository> out;
    for (const Value& branch : found) {
      out.push_back(repository);
      out.back().branch = branch["name"].str();
      out.back().sha = branch["commit"][dialect_.commit_sha].str();
    }
    return out;
  }

  Result<bool> has_path(const ScmRepository& repository, const std::string& path) override {
    std::vector<std::string> parts;
    for (std::string_view part : split(path, '/')) parts.push_back(url_encode(part));
    TAUT_ASSIGN(auto found, if_found(api_.get(fmt::format("{}/contents/{}?ref={}", path_of(repository), join(parts, "/"), url_encode(repository.branch)))));
    return found.has_value();
  }

  Result<std::string> comment(const std::string& project, int64_t number, const std::string& marker, const std::string& text) override {
    std::string issue = fmt::format("/repos/{}/issues/{}/comments", project, number);
    Value ours;
    TAUT_ASSIGN(auto comments, api_.list(issue, page_size(), [&](const Value& item) {
      if (item["body"].as_string().starts_with(marker)) ours = item;
      return !ours.is_null();
    }));
    Value body = Value::map({{"body", text}});
    auto written = ours.is_null() ? api_.send("POST", issue, body)
                                  : api_.send("PATCH", fmt::format("/repos/{}/issues/comments/{}", project, ours["id"].as_int()), body);
    if (!written) return tl::unexpected(written.error());
    return (*written)["html_url"].str();
  }

  Result<Proposed> propose(const std::string& project, const Proposal& wanted) override {
    std::string pulls = fmt::format("/repos/{}/pulls", project);
    auto is_it = [&](const Value& item) {
      const Value& from = item["head"];
      std::string home = from["repo"]["full_name"].str();
      return from["ref"].as_string() == wanted.branch && item["base"]["ref"].as_string() == wanted.target_branch &&
             (home.empty() || to_lower(home) == to_lower(project));
    };
    TAUT_ASSIGN(auto open, api_.list(pulls + "?state=open", page_size(), is_it));
    auto found = std::ranges::find_if(open, is_it);
    Value body = Value::map({{"title", wanted.title}, {"body", wanted.text}});
    bool opened = found == open.end();
    if (opened) {
      body.set("head", wanted.branch);
      body.set("base", wanted.target_branch);
    }
    auto written = opened ? api_.send("POST", pulls, body) : api_.send("PATCH", fmt::format("{}/{}", pulls, (*found)["number"].as_int()), body);
    if (!written) return tl::unexpected(written.error());
    return Proposed{(*written)["html_url"].str(), opened};
  }

 private:
  static std::string path_of(const ScmRepository& repository) {
    return fmt::format("/repos/{}/{}", url_encode(repository.organization), url_encode(repository.repository));
  }
  std::string page_size() const { return std::string(dialect_.page_size); }

  const Dialect dialect_;
  Api api_;
};

std::string with(std::string_view word, const std::string& token) { return token.empty() ? "" : fmt::format("{} {}", word, token); }

}  // namespace

// A GitHub Enterprise server has its API below /api/v3, as Argo CD's client library adds it.
std::shared_ptr<Scm> make_github(std::string base, const ScmAccount& account) {
  bool enterprise = !account.api.empty() && base != "https://api.github.com" && !base.ends_with("/api/v3") && !contains(base, "://api.") && !contains(base, ".api.");
  if (enterprise) base += "/api/v3";
  return std::make_shared<Hub>(kGitHub, std::move(base), net::Header{"Authorization", with("Bearer", account.token)}, account);
}

std::shared_ptr<Scm> make_gitea(std::string base, const ScmAccount& account) {
  return std::make_shared<Hub>(kGitea, std::move(base), net::Header{"Authorization", with("token", account.token)}, account);
}

}  // namespace taut::scm
