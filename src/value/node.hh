// What Values and Keys point to. Only the value room includes this.
//
// A node stands alone in memory from malloc, or with others in a Block. In a block nodes do not count: their word
// for it holds where in the block they are, and the block counts for all of them. Inside a block nothing refers to
// the outside, so that freeing it is one call.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "value/value.hh"

namespace taut {

struct NodeHead {
  // A count, or kInBlock with the distance from the block's start in units of 8 bytes, or kImmortal.
  std::atomic<uint32_t> references;
  uint32_t size;  // slots or bytes of text
};

constexpr uint32_t kInBlock = 1u << 31;
constexpr uint32_t kImmortal = UINT32_MAX;

struct TextNode : NodeHead {
  char* text() { return reinterpret_cast<char*>(this + 1); }
  const char* text() const { return reinterpret_cast<const char*>(this + 1); }
};
static_assert(sizeof(TextNode) == 8);

// Followed by Values or Entries.
struct Value::Node : NodeHead {
  std::atomic<uint64_t> hash;  // 0: not computed

  Value* items() { return reinterpret_cast<Value*>(this + 1); }
  Entry* entries() { return reinterpret_cast<Entry*>(this + 1); }
};

// The start of a block.
struct Block {
  std::atomic<uint32_t> references;
  uint32_t places;  // where the places of a Document are, in bytes from here; 0: there are none

  void retain() noexcept { references.fetch_add(1, std::memory_order_relaxed); }
  void release() noexcept {
    if (references.fetch_sub(1, std::memory_order_acq_rel) == 1) std::free(this);
  }
};
static_assert(sizeof(Block) == 8);

inline Block* block_of(NodeHead* node, uint32_t word) {
  return reinterpret_cast<Block*>(reinterpret_cast<char*>(node) - size_t{word & ~kInBlock} * 8);
}

inline void retain_count(NodeHead* node) noexcept {
  uint32_t word = node->references.load(std::memory_order_relaxed);
  if ((word & kInBlock) == 0) {
    node->references.fetch_add(1, std::memory_order_relaxed);
  } else if (word != kImmortal) {
    block_of(node, word)->retain();
  }
}

// True when the node stood alone and nobody refers to it any more: the caller destroys it.
inline bool release_count(NodeHead* node) noexcept {
  uint32_t word = node->references.load(std::memory_order_relaxed);
  if ((word & kInBlock) == 0) return node->references.fetch_sub(1, std::memory_order_acq_rel) == 1;
  if (word != kImmortal) block_of(node, word)->release();
  return false;
}

constexpr size_t kShortKey = 7;

// A key of up to kShortKey bytes, in place.
inline uint64_t short_key(std::string_view text) {
  uint64_t bits = 0;
  if (!text.empty()) std::memcpy(reinterpret_cast<char*>(&bits) + 1, text.data(), text.size());
  return bits | (text.size() << 1 | 1);
}

// The node of a name that is common in Kubernetes' objects, or nullptr.
const TextNode* find_known_key(std::string_view text);

}  // namespace taut
