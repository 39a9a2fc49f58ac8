// What `taut promote` carries from the files of one environment to those of the next.
#pragma once

#include <string>
#include <vector>

#include "io/git/workspace.hh"
#include "tree/tree.hh"

namespace taut::cli {

struct Carry {
  bool everything = false;          // the folder as a whole
  std::vector<std::string> fields;  // besides images: "image.tag", "spec.replicas"
};

// The changes below `to` that bring it what `from` has: names, tags and digests of images (of containers, of a
// kustomization's `images` and of values files) and the named fields, in files of the same name, at places that both have.
// Items of lists are told by their names. Everything else in the files stays, comments too. An entry of `images` that only
// `from` has is added. kNotFound when a folder is not there.
Result<git::FileChanges> carry(const Tree& tree, const std::string& from, const std::string& to, const Carry& what);

// The text with the scalar behind the key on this line (counted from 1) replaced; the text itself where the line holds
// none.
std::string with_scalar(std::string text, uint32_t line, const std::string& key, const std::string& scalar);

}  // namespace taut::cli
