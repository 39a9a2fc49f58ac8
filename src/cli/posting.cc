#include "cli/posting.hh"

#include <algorithm>
#include <charconv>

#include "base/strings.hh"
#include "base/url.hh"
#include "cli/forge_token.hh"
#include "io/scm/scm.hh"

namespace taut::cli {
namespace {

// GitHub takes 65,536 characters, the others more.
constexpr size_t kLongestComment = 60'000;

// How each server's web pages name a pull request.
struct Page {
  std::string_view provider, before_number;
};
constexpr Page kPages[] = {
    {"gitlab", "/-/merge_requests/"},
    {"github", "/pull/"},
    {"gitea", "/pulls/"},
};

const Page* page_of(std::string_view path) {
  for (const Page& page : kPages)
    if (contains(path, page.before_number)) return &page;
  return nullptr;
}

const Page* page_called(std::string_view provider) {
  for (const Page& page : kPages)
    if (page.provider == provider) return &page;
  return nullptr;
}

// What the server is by its name, else by the token that the environment has for it.
const Page* page_at(std::string_view origin, std::string_view host, const std::function<std::string(const char*)>& environment) {
  for (const Page& page : kPages)
    if (contains(host, page.provider)) return &page;
  if (contains(host, "codeberg") || contains(host, "forgejo")) return page_called("gitea");
  for (const Page& page : kPages)
    if (forge_token(page.provider, origin, environment)) return &page;
  return nullptr;
}

// "git@host:group/shop.git" as a URL.
std::string as_url(std::string_view text) {
  std::string_view host, path;
  if (contains(text, "://") || !cut(text, ":", host, path)) return std::string(text);
  return fmt::format("ssh://{}/{}", host, path);
}

// `what`: "posting to".
Result<std::string> token_for(std::string_view what, std::string_view provider, std::string_view origin,
                              const std::function<std::string(const char*)>& environment) {
  auto token = forge_token(provider, origin, environment);
  if (token || token.error().code() != Code::kUnauthenticated) return token;
  return fail(Code::kUnauthenticated, "{} {} needs a token in {}", what, provider, token_variable(provider));
}

}  // namespace

Result<ForgeProject> forge_project(std::string_view url, std::string_view forge, std::string_view api,
                                   const std::function<std::string(const char*)>& environment) {
  auto parsed = Url::parse(as_url(url));
  if (!parsed && api.empty()) return fail(Error(Code::kInvalid, "the repository has no address on GitHub, GitLab or Gitea").with_hint("--forge-api"));
  // A repository may be reached by a path where its forge is named.
  std::string host = parsed ? parsed->host : std::string(), path = parsed ? parsed->path : std::string(url);
  bool http = parsed && (parsed->scheme == "https" || parsed->scheme == "http");
  std::string origin = http ? parsed->origin() : "https://" + host;
  const Page* page = forge.empty() ? page_at(origin, host, environment) : page_called(forge);
  if (page == nullptr)
    return fail(Error(Code::kInvalid, fmt::format("what {} is cannot be told from its name", host)).with_hint("--forge github, gitlab or gitea"));
  std::string_view project = path;
  while (project.starts_with('/')) project.remove_prefix(1);
  while (project.ends_with('/')) project.remove_suffix(1);
  if (project.ends_with(".git")) project.remove_suffix(4);
  auto parts = split(project, '/');
  if (parts.size() < 2) return fail(Code::kInvalid, "{} names no project on {}", project, page->provider);
  ForgeProject out;
  out.project = project;
  // Only GitLab has groups in groups: what stands before is where the server is.
  if (page->provider != "gitlab") out.project = fmt::format("{}/{}", parts[parts.size() - 2], parts.back());
  out.account.provider = page->provider;
  if (!api.empty()) {
    // Whoever names the API says whose token it is.
    out.account.api = api;
    out.account.token = environment(token_variable(page->provider));
    if (out.account.token.empty()) return fail(Code::kUnauthenticated, "a pull request on {} needs a token in {}", page->provider, token_variable(page->provider));
    return out;
  }
  if (host != "github.com") out.account.api = origin;
  TAUT_ASSIGN(out.account.token, token_for("a pull request on", page->provider, host == "github.com" ? "https://github.com" : origin, environment));
  return out;
}

Result<PullRequestAddress> parse_pull_request(std::string_view text) {
  auto refuse = [&] { return fail(Code::kInvalid, "{} is not the address of a pull request on GitHub, GitLab or Gitea", text); };
  auto url = Url::parse(text);
  if (!url || url->host.empty() || (url->scheme != "https" && url->scheme != "http")) return refuse();
  const Page* page = page_of(url->path);
  if (!page) return refuse();
  std::string_view project, rest;
  cut(url->path, page->before_number, project, rest);
  if (project.starts_with('/')) project.remove_prefix(1);
  PullRequestAddress out;
  rest = rest.substr(0, rest.find('/'));  // ".../files", ".../diffs"
  auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), out.number);
  bool two_parts = std::ranges::count(project, '/') == 1;
  if (error != std::errc() || end != rest.data() + rest.size() || out.number <= 0 || project.empty() || (page->provider != "gitlab" && !two_parts))
    return refuse();
  out.project = project;
  out.account.provider = page->provider;
  bool is_public = page->provider == "github" && url->host == "github.com";
  if (!is_public) out.account.api = fmt::format("{}://{}{}", url->scheme, url->host, url->port == 0 ? "" : fmt::format(":{}", url->port));
  return out;
}

std::string comment_text(const std::string& marker, std::string_view report) {
  std::string out = marker + "\n";
  if (report.size() <= kLongestComment) return out.append(report);
  // Whole lines; a fence that was opened is closed.
  std::string_view kept = report.substr(0, kLongestComment);
  kept = kept.substr(0, kept.rfind('\n') + 1);
  out.append(kept);
  bool open = false;
  for (std::string_view line : split(kept, '\n'))
    if (line.starts_with("```")) open = !open;
  if (open) out += "```\n";
  return out + fmt::format("\n*The report is longer than a comment may be: {} of {} characters are shown.*\n", kept.size(), report.size());
}

Result<std::string> post_report(std::string_view url, std::string_view name, std::string_view report,
                                const std::function<std::string(const char*)>& environment) {
  TAUT_ASSIGN(PullRequestAddress address, parse_pull_request(url));
  std::string origin = address.account.api.empty() ? "https://github.com" : address.account.api;
  TAUT_ASSIGN(address.account.token, token_for("posting to", address.account.provider, origin, environment));
  TAUT_ASSIGN(auto scm, scm::open(address.account));
  std::string marker = fmt::format("<!-- taut preview {} -->", replace_all(name, "--", "- -"));
  auto written = scm->comment(address.project, address.number, marker, comment_text(marker, report));
  if (!written) return tl::unexpected(std::move(written).error().while_doing(fmt::format("posting the report to {}", url)));
  return written;
}

}  // namespace taut::cli
