// OpenPGP keys as helm's flags name them.
#pragma once

#include <string>

#include "lang/openpgp/clearsign.hh"

namespace taut::cli {

// $GNUPGHOME/pubring.gpg, else ~/.gnupg/pubring.gpg.
std::string default_keyring();

// The passphrases of keys: the first line of a file, of standard input for "-", or asked for at the terminal where no file
// is given. Errors in helm's words.
openpgp::Passphrase passphrase_from(const std::string& file);

// While it lives, nothing is written to standard error: librnp, as Debian builds it, tells there of every key that it finds
// odd, and cannot be told not to. For programs with one thread.
class QuietErrors {
 public:
  QuietErrors();
  ~QuietErrors();
  QuietErrors(const QuietErrors&) = delete;
  QuietErrors& operator=(const QuietErrors&) = delete;

 private:
  int kept_;
};

}  // namespace taut::cli
