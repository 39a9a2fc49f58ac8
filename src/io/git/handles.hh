// Owners for libgit2's objects. Only this room sees libgit2.
#pragma once

#include <git2.h>

#include <memory>
#include <string>

#include "base/hash.hh"
#include "base/result.hh"

namespace taut::git {

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};

using RepositoryHandle = std::unique_ptr<git_repository, Deleter<git_repository_free>>;
using OdbHandle = std::unique_ptr<git_odb, Deleter<git_odb_free>>;
using OdbObjectHandle = std::unique_ptr<git_odb_object, Deleter<git_odb_object_free>>;
using CommitHandle = std::unique_ptr<git_commit, Deleter<git_commit_free>>;
using TreeHandle = std::unique_ptr<git_tree, Deleter<git_tree_free>>;
using ObjectHandle = std::unique_ptr<git_object, Deleter<git_object_free>>;
using DiffHandle = std::unique_ptr<git_diff, Deleter<git_diff_free>>;
using ReferenceHandle = std::unique_ptr<git_reference, Deleter<git_reference_free>>;
using ReferenceIteratorHandle = std::unique_ptr<git_reference_iterator, Deleter<git_reference_iterator_free>>;
using SignatureHandle = std::unique_ptr<git_signature, Deleter<git_signature_free>>;
using WalkHandle = std::unique_ptr<git_revwalk, Deleter<git_revwalk_free>>;

// Starts libgit2 on first use: no user or system configuration is read, and trees up to 16 MB stay parsed in its
// cache (a folder of ten thousand applications is read for each of them).
void start_libgit2();

// What libgit2 said last on this thread.
std::string last_error();

std::string to_hex(const git_oid& oid);
// kInvalid unless it is 40 hex digits.
Result<git_oid> parse_oid(std::string_view hex);
// The first 128 bits of an object name.
Hash128 hash_of(const git_oid& oid);

}  // namespace taut::git
