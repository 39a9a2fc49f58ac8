#include "io/kube/exec_plugin.hh"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

#include "value/json.hh"

extern char** environ;

namespace taut::kube {
namespace {

constexpr size_t kMostOutput = 1 << 20;

template <class... Args>
Failure refuse(Code code, fmt::format_string<Args...> format, Args&&... args) {
  return fail(code, "getting credentials: {}", fmt::format(format, std::forward<Args>(args)...));
}

std::string exec_info(const ExecPlugin& plugin) {
  Value spec = Value::map({{"interactive", false}});
  if (plugin.provide_cluster_info) spec.set("cluster", plugin.cluster_info);
  return to_json(Value::map({{"kind", "ExecCredential"}, {"apiVersion", plugin.api_version}, {"spec", spec}}));
}

std::vector<std::string> environment_of(const ExecPlugin& plugin) {
  std::map<std::string, std::string> all;
  for (char** at = environ; *at != nullptr; ++at) {
    std::string_view entry(*at);
    size_t equals = entry.find('=');
    if (equals != std::string_view::npos) all[std::string(entry.substr(0, equals))] = entry.substr(equals + 1);
  }
  for (const auto& [name, value] : plugin.env) all[name] = value;
  all["KUBERNETES_EXEC_INFO"] = exec_info(plugin);
  std::vector<std::string> out;
  for (const auto& [name, value] : all) out.push_back(name + '=' + value);
  return out;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (auto& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

// A running plugin and the pipe from its standard output. Ended by the destructor if it still runs.
class Child {
 public:
  ~Child() {
    if (pipe_ >= 0) close(pipe_);
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }

  int start(const ExecPlugin& plugin) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return errno;
    pipe_ = ends[0];
    std::vector<std::string> arguments = plugin.args, environment = environment_of(plugin);
    arguments.insert(arguments.begin(), plugin.command);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    int error = posix_spawnp(&pid_, plugin.command.c_str(), &actions, &attributes, pointers(arguments).data(),
                             pointers(environment).data());
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    close(ends[1]);
    if (error != 0) pid_ = 0;
    return error;
  }

  // Everything it prints; nothing when time is up or it prints too much.
  std::optional<std::string> output(std::chrono::steady_clock::time_point until) {
    std::string out;
    char bytes[8192];
    for (;;) {
      auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
      if (left.count() <= 0 || out.size() > kMostOutput) return std::nullopt;
      pollfd ready{pipe_, POLLIN, 0};
      if (poll(&ready, 1, static_cast<int>(left.count())) <= 0) continue;
      ssize_t got = read(pipe_, bytes, sizeof bytes);
      if (got == 0) return out;
      if (got > 0) out.append(bytes, static_cast<size_t>(got));
    }
  }

  // Its exit code; nothing when time is up.
  std::optional<int> wait(std::chrono::steady_clock::time_point until) {
    for (;;) {
      int status = 0;
      if (waitpid(pid_, &status, WNOHANG) == pid_) {
        pid_ = 0;
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
      }
      if (std::chrono::steady_clock::now() > until) return std::nullopt;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }

 private:
  pid_t pid_ = 0;
  int pipe_ = -1;
};

Result<ExecCredentials> read_credentials(const ExecPlugin& plugin, const std::string& text) {
  auto parsed = parse_json(text);
  // The parser's words are left out: they could quote a piece of the token.
  if (!parsed) return refuse(Code::kInvalid, "decoding stdout: the output of {} is not JSON", plugin.command);
  const Value& root = *parsed;
  if (root["kind"].as_string() != "ExecCredential")
    return refuse(Code::kInvalid, "decoding stdout: no ExecCredential in the output of {}", plugin.command);
  if (root["apiVersion"].as_string() != plugin.api_version)
    return refuse(Code::kInvalid, "exec plugin is configured to use API version {}, plugin returned version {}",
                  plugin.api_version, root["apiVersion"].as_string());
  const Value& status = root["status"];
  if (!status.is_map()) return refuse(Code::kInvalid, "exec plugin didn't return a status field");
  ExecCredentials out{
      status["token"].str(), status["clientCertificateData"].str(), status["clientKeyData"].str(), {}};
  if (out.token.empty() && out.certificate.empty() && out.key.empty())
    return refuse(Code::kInvalid, "exec plugin didn't return a token or cert/key pair");
  if (out.certificate.empty() != out.key.empty())
    return refuse(Code::kInvalid, "exec plugin returned only certificate or key, not both");
  if (status.contains("expirationTimestamp")) {
    out.expires = parse_rfc3339(status["expirationTimestamp"].as_string());
    if (!out.expires)
      return refuse(Code::kInvalid, "decoding stdout: .status.expirationTimestamp of {} is not a time",
                    plugin.command);
  }
  return out;
}

}  // namespace

Result<ExecCredentials> run_exec_plugin(const ExecPlugin& plugin, Duration timeout) {
  if (plugin.interactive_mode == "Always")
    return refuse(Code::kUnsupported,
                  "exec plugin cannot support interactive mode: standard input is not a terminal");
  auto until = std::chrono::steady_clock::now() + timeout;
  Child child;
  if (int error = child.start(plugin); error != 0) {
    auto failure = error == ENOENT
                       ? Error(Code::kUnauthenticated,
                               fmt::format("getting credentials: exec: executable {} not found", plugin.command))
                       : Error(Code::kUnauthenticated, fmt::format("getting credentials: exec: executable {}: {}",
                                                                   plugin.command, std::strerror(error)));
    return fail(std::move(failure).with_hint(plugin.install_hint));
  }
  auto output = child.output(until);
  auto code = output ? child.wait(until) : std::nullopt;
  if (!code)
    return refuse(Code::kTimeout, "exec: executable {} gave no credentials in {}", plugin.command,
                  format_go_duration(timeout));
  if (*code != 0)
    return refuse(Code::kUnauthenticated, "exec: executable {} failed with exit code {}", plugin.command, *code);
  return read_credentials(plugin, *output);
}

}  // namespace taut::kube
