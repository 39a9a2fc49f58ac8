#include "cli/keyring.hh"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iostream>

#include "base/strings.hh"

namespace taut::cli {
namespace {

Result<std::string> first_line(std::istream& from) {
  std::string line;
  if (!std::getline(from, line)) return fail(Code::kInvalid, "EOF");
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

Result<std::string> line_of(const std::string& file) {
  if (file == "-") {
    struct stat info {};
    if (::fstat(STDIN_FILENO, &info) != 0 || !S_ISFIFO(info.st_mode))
      return fail(Code::kInvalid, "specified reading passphrase from stdin, without input on stdin");
    return first_line(std::cin);
  }
  std::ifstream in(file);
  if (!in) return fail(Code::kNotFound, "open {}: no such file or directory", file);
  return first_line(in);
}

// Without showing what is typed.
Result<std::string> asked(const std::string& identity) {
  fmt::print("Password for key {} >  ", quote(identity));
  std::fflush(stdout);
  termios before{};
  if (tcgetattr(STDIN_FILENO, &before) != 0) {
    fmt::print("\n");
    return fail(Code::kInvalid, "inappropriate ioctl for device");
  }
  termios hidden = before;
  hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  tcsetattr(STDIN_FILENO, TCSANOW, &hidden);
  auto line = first_line(std::cin);
  tcsetattr(STDIN_FILENO, TCSANOW, &before);
  fmt::print("\n");
  return line;
}

}  // namespace

std::string default_keyring() {
  if (const char* home = std::getenv("GNUPGHOME")) return std::string(home) + "/pubring.gpg";
  const char* home = std::getenv("HOME");
  return std::string(home ? home : "") + "/.gnupg/pubring.gpg";
}

QuietErrors::QuietErrors() : kept_(fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)) {
  std::fflush(stderr);
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (kept_ >= 0 && nowhere >= 0) dup2(nowhere, STDERR_FILENO);
  if (nowhere >= 0) close(nowhere);
}

QuietErrors::~QuietErrors() {
  if (kept_ < 0) return;
  dup2(kept_, STDERR_FILENO);
  close(kept_);
}

openpgp::Passphrase passphrase_from(const std::string& file) {
  if (file.empty()) return asked;
  return [file, kept = std::string()](const std::string&) mutable -> Result<std::string> {
    if (kept.empty()) {
      TAUT_ASSIGN(kept, line_of(file));
    }
    return kept;
  };
}

}  // namespace taut::cli
