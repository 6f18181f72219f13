// Undoing changes of containers: what makes a unit's failure its own.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace tram::store {

/// A list of steps that bring containers back to what they were. The containers must outlive it. One thread.
class Undo {
 public:
  /// map[key] = value.
  template <class Map>
  void put(Map& map, const typename Map::key_type& key, typename Map::mapped_type value) {
    const auto found = map.find(key);
    if (found == map.end()) {
      map.emplace(key, std::move(value));
      steps_.push_back([&map, key] { map.erase(key); });
    } else {
      steps_.push_back([&map, key, old = std::exchange(found->second, std::move(value))]() mutable {
        map.at(key) = std::move(old);
      });
    }
  }

  /// Nothing happens if the key is absent.
  template <class Map>
  void erase(Map& map, const typename Map::key_type& key) {
    const auto found = map.find(key);
    if (found == map.end()) return;
    steps_.push_back([&map, key, old = found->second] { map.emplace(key, old); });
    map.erase(found);
  }

  template <class Vector>
  void append(Vector& vector, typename Vector::value_type value) {
    vector.push_back(std::move(value));
    steps_.push_back([&vector] { vector.pop_back(); });
  }

  template <class Vector>
  void replace(Vector& vector, std::size_t place, typename Vector::value_type value) {
    steps_.push_back([&vector, place, old = std::exchange(vector.at(place), std::move(value))]() mutable {
      vector.at(place) = std::move(old);
    });
  }

  template <class Value>
  void assign(Value& place, Value value) {
    steps_.push_back(
        [&place, old = std::exchange(place, std::move(value))]() mutable { place = std::move(old); });
  }

  /// Where to roll back to.
  [[nodiscard]] std::size_t mark() const { return steps_.size(); }
  void roll_back(std::size_t mark) {
    while (steps_.size() > mark) {
      steps_.back()();
      steps_.pop_back();
    }
  }

 private:
  std::vector<std::function<void()>> steps_;
};

}  // namespace tram::store
