#include "io/git/program.hh"

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/strings.hh"

namespace taut::git {

namespace {

// What passes from our environment: where programs and certificates are, proxies, and the user's ssh agent.
constexpr const char* kInherited[] = {"PATH",           "HOME",          "HTTP_PROXY",    "HTTPS_PROXY",
                                      "NO_PROXY",       "ALL_PROXY",     "http_proxy",    "https_proxy",
                                      "no_proxy",       "all_proxy",     "SSL_CERT_FILE", "SSL_CERT_DIR",
                                      "GIT_SSL_CAINFO", "SSH_AUTH_SOCK", "TMPDIR"};

struct Sign {
  Code code;
  std::string_view words;  // in git's, ssh's or curl's output, lower case
};

// The first that is found decides; from the surest to the vaguest.
constexpr Sign kSigns[] = {
    {Code::kUnauthenticated, "authentication failed"},
    {Code::kUnauthenticated, "could not read username"},
    {Code::kUnauthenticated, "could not read password"},
    {Code::kUnauthenticated, "permission denied (publickey"},
    {Code::kUnauthenticated, "permission denied, please try again"},
    {Code::kUnauthenticated, "host key verification failed"},
    {Code::kUnauthenticated, "returned error: 401"},
    {Code::kUnauthenticated, "returned error: 403"},
    {Code::kUnauthenticated, "access denied"},
    {Code::kUnauthenticated, "invalid username or password"},
    {Code::kUnauthenticated, "load key"},
    {Code::kConflict, "non-fast-forward"},
    {Code::kConflict, "fetch first"},
    {Code::kConflict, "stale info"},
    {Code::kConflict, "cannot lock ref"},
    {Code::kNotFound, "repository not found"},
    {Code::kNotFound, "does not appear to be a git repository"},
    {Code::kGone, "couldn't find remote ref"},
    {Code::kGone, "not our ref"},
    {Code::kGone, "unadvertised object"},
    {Code::kGone, "no such remote ref"},
    {Code::kNotFound, "returned error: 404"},
    {Code::kNotFound, "project you were looking for could not be found"},
    {Code::kNotFound, "repository '"},  // "repository 'https://...' not found"
    {Code::kUnavailable, "could not resolve host"},
    {Code::kUnavailable, "name or service not known"},
    {Code::kUnavailable, "temporary failure in name resolution"},
    {Code::kUnavailable, "failed to connect"},
    {Code::kUnavailable, "couldn't connect"},
    {Code::kUnavailable, "connection refused"},
    {Code::kUnavailable, "connection reset"},
    {Code::kUnavailable, "connection timed out"},
    {Code::kUnavailable, "connection closed"},
    {Code::kUnavailable, "operation timed out"},
    {Code::kUnavailable, "operation too slow"},
    {Code::kUnavailable, "no route to host"},
    {Code::kUnavailable, "network is unreachable"},
    {Code::kUnavailable, "unable to connect"},
    {Code::kUnavailable, "returned error: 429"},
    {Code::kUnavailable, "returned error: 5"},
    {Code::kUnavailable, "ssl certificate problem"},
    {Code::kUnavailable, "certificate verification failed"},
    {Code::kUnavailable, "gnutls_handshake"},
    {Code::kUnavailable, "early eof"},
    {Code::kUnavailable, "remote end hung up unexpectedly"},
    {Code::kUnavailable, "rpc failed"},
    {Code::kUnavailable, "unable to access"},
    {Code::kUnavailable, "could not read from remote repository"},
    {Code::kUnavailable, "no space left on device"},
};

// The line that says most: the first that git marks as fatal or as an error, without the mark.
std::string main_line(std::string_view text) {
  std::string first;
  for (std::string_view line : split(text, '\n')) {
    line = trim(line);
    if (line.empty() || line.starts_with("warning:") || line.starts_with("hint:")) continue;
    for (std::string_view mark : {"fatal: remote error: ", "fatal: ", "error: ", "remote: "}) {
      if (!line.starts_with(mark)) continue;
      // "Could not read from remote repository" only follows the line with the reason.
      if (!first.empty() && contains(line, "Could not read from remote")) return first;
      return std::string(line.substr(mark.size()));
    }
    if (first.empty()) first = line;
  }
  return first.empty() ? "git failed" : first;
}

const char* lead_of(Code code) {
  switch (code) {
    case Code::kUnauthenticated: return "authentication required: ";
    default: return "";
  }
}

const char* hint_of(Code code) {
  switch (code) {
    case Code::kUnauthenticated: return "check the repository's URL and credentials";
    case Code::kUnavailable: return "check that the repository can be reached from here; it is tried again";
    default: return "";
  }
}

}  // namespace

Error git_error(std::string_view doing, std::string_view standard_error) {
  std::string lower = to_lower(standard_error);
  Code code = Code::kInternal;
  for (const Sign& sign : kSigns) {
    if (contains(lower, sign.words)) {
      code = sign.code;
      break;
    }
  }
  std::string line = main_line(standard_error);
  if (code == Code::kNotFound && contains(line, "does not appear to be a git repository"))
    line = "repository not found: " + line;
  return Error(code, fmt::format("{}: {}{}", doing, lead_of(code), line)).with_hint(hint_of(code));
}

// As git_error; where credentials were given, git's complaint that it cannot ask for others says that they were
// refused.
Error Program::failure(std::string_view doing, const ProcessResult& result, const Credentials& credentials) {
  Error error = git_error(doing, result.err);
  bool asked = error.message().find("could not read Username") != std::string::npos;
  if (error.code() != Code::kUnauthenticated || !asked || credentials.empty()) return error;
  return std::move(error).with_message(
      fmt::format("{}: authentication failed: the remote refused the credentials", doing));
}

namespace {

// Credential files of a process that was killed. Young ones may belong to one that runs.
void remove_old_secrets(const std::string& folder) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  auto old = fs::file_time_type::clock::now() - std::chrono::hours(1);
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    bool secret = entry.path().filename().string().starts_with("secret-");
    if (secret && entry.last_write_time(ignored) < old) fs::remove(entry.path(), ignored);
  }
}

}  // namespace

Program::Program(ProgramOptions options) : options_(std::move(options)) {
  ::mkdir(options_.folder.c_str(), 0700);
  remove_old_secrets(options_.folder);
  // Read in place of the user's settings. A local repository of another user is read as any remote one.
  std::ofstream(options_.folder + "/gitconfig")
      << "[safe]\n\tdirectory = *\n[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n"
         "[fetch]\n\tunpackLimit = 1\n[protocol \"ext\"]\n\tallow = never\n"
         "[core]\n\taskPass =\n[credential]\n\thelper =\n";
}

Result<ProcessResult> Program::run(std::vector<std::string> arguments, const Remote* remote,
                                   const Credentials& credentials, Duration timeout) const {
  ProcessRequest request;
  request.arguments = std::move(arguments);
  request.arguments.insert(request.arguments.begin(), options_.program);
  request.timeout = timeout;
  request.cancel = options_.cancel;
  request.environment = {"LC_ALL=C",
                         "GIT_TERMINAL_PROMPT=0",
                         "GIT_CONFIG_NOSYSTEM=1",
                         "GIT_CONFIG_GLOBAL=" + options_.folder + "/gitconfig",
                         "GIT_ALLOW_PROTOCOL=file:git:http:https:ssh",
                         "GIT_HTTP_LOW_SPEED_LIMIT=1",
                         "GIT_HTTP_LOW_SPEED_TIME=60"};
  // The proxy of a repository's own Secret counts in place of what holds for the process.
  const bool own_proxy = !credentials.proxy.empty() || !credentials.no_proxy.empty();
  for (const char* name : kInherited) {
    if (own_proxy && to_lower(name).ends_with("_proxy")) continue;
    if (const char* value = std::getenv(name)) request.environment.push_back(fmt::format("{}={}", name, value));
  }
  CredentialEnvironment secrets;  // lives until the program has ended
  if (remote != nullptr) {
    TAUT_ASSIGN(secrets, credential_environment(*remote, credentials, options_.folder));
    request.environment.insert(request.environment.end(), secrets.variables.begin(), secrets.variables.end());
  }
  TAUT_ASSIGN(auto result, run_process(request));
  result.err = redact(result.err, credentials);
  return result;
}

Result<std::string> Program::ls_remote(const Remote& remote, const Credentials& credentials) const {
  TAUT_ASSIGN(auto result,
              run({"ls-remote", "--symref", "--", remote.url}, &remote, credentials, options_.refs_timeout));
  if (result.code != 0) return Failure(failure("failed to list refs", result, credentials));
  return std::move(result.out);
}

Status Program::init(const std::string& store) const {
  TAUT_ASSIGN(auto result,
              run({"init", "--quiet", "--bare", "--template=", "--", store}, nullptr, {}, options_.refs_timeout));
  if (result.code != 0) return Failure(git_error("failed to create the local copy", result.err));
  return {};
}

Status Program::fetch(const std::string& store, const Remote& remote, const Credentials& credentials,
                      const std::vector<std::string>& refspecs, Depth depth) const {
  std::vector<std::string> arguments = {"--git-dir=" + store,   "fetch", "--quiet", "--force", "--no-tags",
                                        "--no-write-fetch-head"};
  if (depth == Depth::kTip) arguments.push_back("--depth=1");
  // Git's number for no end, as --unshallow has it; that one is refused where nothing is shallow.
  if (depth == Depth::kAll) arguments.push_back("--depth=2147483647");
  arguments.insert(arguments.end(), {"--", remote.url});
  arguments.insert(arguments.end(), refspecs.begin(), refspecs.end());
  TAUT_ASSIGN(auto result, run(std::move(arguments), &remote, credentials, options_.fetch_timeout));
  if (result.code != 0) return Failure(failure("failed to fetch " + remote.display, result, credentials));
  return {};
}

Status Program::push(const std::string& store, const Remote& remote, const Credentials& credentials,
                     const std::string& refspec) const {
  TAUT_ASSIGN(auto result, run({"--git-dir=" + store, "push", "--quiet", "--", remote.url, refspec}, &remote,
                               credentials, options_.fetch_timeout));
  if (result.code != 0) return Failure(failure("failed to push to " + remote.display, result, credentials));
  return {};
}

Result<std::string> Program::blame(const std::string& repository, const std::string& revision, const std::string& path) const {
  std::vector<std::string> arguments = {"-C", repository, "blame", "--porcelain"};
  if (!revision.empty()) arguments.push_back(revision);
  arguments.insert(arguments.end(), {"--", path});
  TAUT_ASSIGN(auto result, run(std::move(arguments), nullptr, {}, options_.fetch_timeout));
  if (result.code != 0) return Failure(git_error("failed to find who wrote " + path, result.err));
  return std::move(result.out);
}

Result<std::string> Program::settings_in(const std::string& store, const std::string& commit, const std::string& path) const {
  TAUT_ASSIGN(auto result, run({"--git-dir=" + store, "config", "--no-includes", "--blob", commit + ":" + path, "--list", "-z"}, nullptr, {}, options_.refs_timeout));
  if (result.code != 0) return Failure(Error(Code::kInvalid, fmt::format("{}: {}", path, trim(result.err))));
  return std::move(result.out);
}

Status Program::repack(const std::string& store) const {
  TAUT_ASSIGN(auto result, run({"--git-dir=" + store, "repack", "--quiet", "-d", "--geometric=2"}, nullptr, {},
                               options_.fetch_timeout));
  if (result.code != 0) return Failure(git_error("failed to repack the local copy", result.err));
  return {};
}

Status Program::collect(const std::string& store) const {
  TAUT_ASSIGN(auto result, run({"--git-dir=" + store, "gc", "--quiet", "--prune=1.day.ago"}, nullptr, {},
                               options_.fetch_timeout));
  if (result.code != 0) return Failure(git_error("failed to tidy the local copy", result.err));
  return {};
}

}  // namespace taut::git
