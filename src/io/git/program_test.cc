#include "io/git/program.hh"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>
#include <thread>

#include "io/git/testing.hh"

namespace taut::git {
namespace {

namespace fs = std::filesystem;

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  std::stringstream out;
  out << file.rdbuf();
  return out.str();
}

// A stand-in for git, to see what it is given.
std::string fake_git(const TempFolder& temp, const std::string& script) {
  std::string path = temp / "fake-git";
  std::ofstream(path) << "#!/bin/sh\n" << script;
  fs::permissions(path, fs::perms::owner_all);
  return path;
}

Options options_with(const TempFolder& temp, const std::string& script, Credentials credentials) {
  Options options{.directory = temp / "stores"};
  options.program.program = fake_git(temp, script);
  options.credentials = [credentials](const std::string&) { return credentials; };
  return options;
}

TEST(Process, gives_back_what_was_written_and_the_exit_code) {
  auto result = run_process(
      {.arguments = {"sh", "-c", "echo out; echo err >&2; exit 3"}, .environment = {"PATH=/usr/bin:/bin"}});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->out, "out\n");
  EXPECT_EQ(result->err, "err\n");
  EXPECT_EQ(result->code, 3);
  EXPECT_EQ(run_process({.arguments = {"no-such-program-here"}}).error().code(), Code::kNotFound);
}

TEST(Process, is_ended_with_all_that_it_started) {
  TempFolder temp;
  std::string alive = temp / "alive";
  std::string script = "(sleep 1; touch " + alive + ") & sleep 30";
  auto start = std::chrono::steady_clock::now();
  auto result = run_process({.arguments = {"sh", "-c", script},
                             .environment = {"PATH=/usr/bin:/bin"},
                             .timeout = std::chrono::milliseconds(200)});
  EXPECT_EQ(result.error().code(), Code::kTimeout);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(3));
  std::this_thread::sleep_for(std::chrono::milliseconds(1300));
  EXPECT_FALSE(fs::exists(alive)) << "a child outlived the time-out";
}

TEST(Process, stops_on_request_and_at_its_limit) {
  Cancel cancel;
  std::thread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    cancel.request();
  });
  auto result =
      run_process({.arguments = {"sleep", "30"}, .environment = {"PATH=/usr/bin:/bin"}, .cancel = cancel});
  later.join();
  EXPECT_EQ(result.error().code(), Code::kCancelled);
  auto flood = run_process({.arguments = {"yes"}, .environment = {"PATH=/usr/bin:/bin"}, .output_limit = 1 << 20});
  EXPECT_EQ(flood.error().code(), Code::kLimit);
}

TEST(Program, passwords_travel_by_environment_and_never_by_arguments) {
  TempFolder temp;
  std::string seen = temp / "seen";
  std::string script = "echo \"$@\" > " + seen + "; env >> " + seen + ".env; exit 0\n";
  GitRepositories repositories(options_with(temp, script, {.username = "ann", .password = "s3cr3t-token"}));
  (void)repositories.resolve("https://git.example.org/x.git", "main");
  EXPECT_EQ(text_of(seen), "ls-remote --symref -- https://git.example.org/x.git\n");
  std::string environment = text_of(seen + ".env");
  EXPECT_TRUE(environment.find("GIT_CONFIG_KEY_0=credential.https://git.example.org.helper\n") != std::string::npos)
      << environment;
  EXPECT_TRUE(environment.find("TAUT_GIT_USERNAME=ann\n") != std::string::npos) << environment;
  EXPECT_TRUE(environment.find("TAUT_GIT_PASSWORD=s3cr3t-token\n") != std::string::npos) << environment;
  EXPECT_TRUE(environment.find("GIT_TERMINAL_PROMPT=0") != std::string::npos);
  (void)repositories.resolve("https://bob:pass%40word@git.example.org/x.git", "main");
  EXPECT_EQ(text_of(seen), "ls-remote --symref -- https://git.example.org/x.git\n")
      << "a password in the URL is taken out";
  EXPECT_TRUE(text_of(seen + ".env").find("TAUT_GIT_PASSWORD=pass@word\n") != std::string::npos);
}

TEST(Program, ssh_keys_travel_by_a_private_file_that_goes_away) {
  TempFolder temp;
  std::string seen = temp / "seen";
  std::string script =
      "echo \"$GIT_SSH_COMMAND\" > " + seen +
      "; key=$(echo \"$GIT_SSH_COMMAND\" | sed \"s/.* -i '\\([^']*\\)'.*/\\1/\"); stat -c %a \"$key\" >> " + seen +
      "; cat \"$key\" >> " + seen + "; echo \"$key\" >> " + seen + ".path\n";
  GitRepositories repositories(
      options_with(temp, script, {.ssh_private_key = "KEY-TEXT", .ssh_known_hosts = "host ssh-ed25519 AAAA"}));
  (void)repositories.resolve("git@git.example.org:team/x.git", "main");
  std::string text = text_of(seen);
  EXPECT_TRUE(text.find("StrictHostKeyChecking=yes") != std::string::npos) << text;
  EXPECT_TRUE(text.find("BatchMode=yes") != std::string::npos);
  EXPECT_TRUE(text.find("\n600\nKEY-TEXT\n") != std::string::npos) << text;
  std::string path = text_of(seen + ".path");
  path.pop_back();
  EXPECT_FALSE(fs::exists(path)) << path;
}

TEST(Program, secrets_are_taken_out_of_errors) {
  TempFolder temp;
  GitRepositories repositories(options_with(temp,
                                            "echo 'fatal: unable to access https://ann:s3cr3t-token@h/x: Could not "
                                            "resolve host s3cr3t-token' >&2; exit 128\n",
                                            {.username = "ann", .password = "s3cr3t-token"}));
  auto refused = repositories.resolve("https://h.example.org/x.git", "main");
  EXPECT_EQ(refused.error().code(), Code::kUnavailable);
  EXPECT_EQ(refused.error().report().find("s3cr3t"), std::string::npos) << refused.error().report();
}

TEST(Program, refused_credentials_are_not_missing_ones) {
  TempFolder temp;
  std::string script =
      "echo \"fatal: could not read Username for 'https://h': terminal prompts disabled\" >&2; exit 128\n";
  GitRepositories with(options_with(temp, script, {.password = "s3cr3t-token"}));
  EXPECT_EQ(with.resolve("https://h.example.org/x", "main").error().message(),
            "failed to list refs: authentication failed: the remote refused the credentials");
  GitRepositories without(options_with(temp, script, {}));
  EXPECT_TRUE(without.resolve("https://h.example.org/x", "main")
                  .error()
                  .message()
                  .starts_with("failed to list refs: authentication required: "));
}

TEST(Program, a_hanging_remote_is_given_up) {
  TempFolder temp;
  Options options = options_with(temp, "sleep 60\n", {});
  options.program.refs_timeout = std::chrono::milliseconds(200);
  GitRepositories repositories(options);
  auto hung = repositories.resolve("https://h.example.org/x.git", "main");
  EXPECT_EQ(hung.error().code(), Code::kTimeout);
  EXPECT_TRUE(hung.error().transient());
}

TEST(Program, words_of_git_become_codes) {
  struct Case {
    Code code;
    const char* words;
  } cases[] = {
      {Code::kUnauthenticated,
       "remote: Invalid username or password.\nfatal: Authentication failed for 'https://h/x/'"},
      {Code::kUnauthenticated,
       "fatal: could not read Username for 'https://github.com': terminal prompts disabled"},
      {Code::kUnauthenticated,
       "git@github.com: Permission denied (publickey).\nfatal: Could not read from remote repository."},
      {Code::kUnauthenticated, "Host key verification failed.\nfatal: Could not read from remote repository."},
      {Code::kNotFound, "remote: Repository not found.\nfatal: repository 'https://github.com/x/y/' not found"},
      {Code::kNotFound,
       "fatal: '/x' does not appear to be a git repository\nfatal: Could not read from remote repository."},
      {Code::kGone, "fatal: remote error: upload-pack: not our ref deadbeef"},
      {Code::kGone, "fatal: couldn't find remote ref refs/heads/x"},
      {Code::kUnavailable, "fatal: unable to access 'https://h/x/': Could not resolve host: h"},
      {Code::kUnavailable,
       "ssh: connect to host h port 22: Connection refused\nfatal: Could not read from remote repository."},
      {Code::kUnavailable, "error: RPC failed; HTTP 502 curl 22 The requested URL returned error: 502"},
      {Code::kConflict, " ! [rejected] x -> main (fetch first)\nerror: failed to push some refs"},
      {Code::kInternal, "fatal: bad object HEAD"},
  };
  for (const Case& c : cases) EXPECT_EQ(code_name(git_error("x", c.words).code()), code_name(c.code)) << c.words;
  EXPECT_EQ(git_error("failed to list refs", cases[1].words).message(),
            "failed to list refs: authentication required: could not read Username for 'https://github.com': "
            "terminal prompts disabled");
  EXPECT_EQ(git_error("failed to list refs", cases[9].words).message(),
            "failed to list refs: ssh: connect to host h port 22: Connection refused");
}

TEST(Remote, reads_the_forms_people_write) {
  EXPECT_TRUE(parse_remote("git@github.com:argoproj/argo-cd.git")->ssh);
  EXPECT_TRUE(parse_remote("ssh://git@h:2222/x")->ssh);
  EXPECT_TRUE(parse_remote("/srv/x.git")->local);
  EXPECT_TRUE(parse_remote("./x:y")->local);
  EXPECT_TRUE(parse_remote("file:///srv/x.git")->local);
  // The user of ssh is no credential: what opens the place is asked for.
  EXPECT_TRUE(parse_remote("ssh://git@h/x")->inside.empty());
  EXPECT_EQ(parse_remote("ssh://git@h/x")->url, "ssh://git@h/x");
  auto token = *parse_remote("https://TOKEN@h/x.git");
  EXPECT_EQ(token.inside.password, "TOKEN");
  EXPECT_EQ(token.url, "https://h/x.git");
  EXPECT_EQ(token.display, "https://h/x.git");
  for (const char* bad : {"", "-x", "ext::sh", "https://h/x\ny", "javascript://x"})
    EXPECT_FALSE(parse_remote(bad)) << bad;
}

}  // namespace
}  // namespace taut::git
