// How long it takes from the start of the program until its first frame is on the screen, measured from outside: this
// library is loaded before GLFW, prints the milliseconds since FIRST_FRAME_START (nanoseconds since 1970) when the
// first frame was presented, and ends the program. first_frame.sh runs it.
#include <dlfcn.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

extern "C" void glfwSwapBuffers(void* window) {
    using Swap = void (*)(void*);
    using Finish = void (*)();
    const auto swap = reinterpret_cast<Swap>(dlsym(RTLD_NEXT, "glfwSwapBuffers"));
    swap(window);
    if (const auto finish = reinterpret_cast<Finish>(dlsym(RTLD_DEFAULT, "glFinish"))) finish();
    const char* const start = std::getenv("FIRST_FRAME_START");
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const long long nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const auto milliseconds = [](const timeval& time) {
        return double(time.tv_sec) * 1e3 + double(time.tv_usec) / 1e3;
    };
    std::printf("first frame after %.0f ms, with %.0f ms of processor time\n",
                double(nanoseconds - (start ? std::atoll(start) : 0)) / 1e6,
                milliseconds(used.ru_utime) + milliseconds(used.ru_stime));
    std::fflush(stdout);
    _exit(0);
}
