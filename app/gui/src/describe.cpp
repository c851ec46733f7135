// What the window shows, for a test that has nothing but the window: {"step", "name", "busy", "panels": [...],
// "lesson": {"index", "count", "read"}, "texts": {id: text}, "rects": {id: [x, y, width, height, enabled, seen]}}.
#include <nlohmann/json.hpp>

#include "ui.hpp"

namespace ring::gui {

std::string Ui::describe() const {
    nlohmann::json out{{"step", scene_->step},
                       {"name", scene_->name},
                       {"start", scene_->start},
                       {"loading", scene_->loading},
                       {"busy", worker_.busy()},
                       {"current", scene_ == worker_.scene()},
                       {"panels", desk_.in_front()},
                       {"texts", look_.texts},
                       {"console", scene_->console.lines},
                       {"ring", scene_->program.privilege}};
    if (scene_->lesson)
        out["lesson"] = {{"index", scene_->lesson->index},
                         {"count", scene_->lesson->count},
                         {"asks", scene_->lesson->ahead && scene_->lesson->ahead->prediction.has_value()},
                         {"read", state_.lesson.read}};
    out["rects"] = nlohmann::json::object();
    for (const auto& [id, rect] : look_.rects)
        out["rects"][id] = {rect.from.x,  rect.from.y, rect.to.x - rect.from.x, rect.to.y - rect.from.y,
                            rect.enabled, rect.seen};
    return out.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}
}  // namespace ring::gui
