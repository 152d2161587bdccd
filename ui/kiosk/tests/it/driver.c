/* A driver of Vulkan for tests: it hands everything on to the real driver, named by KNYTT_GPU_DRIVER.
 *
 * Once the file that KNYTT_LOSE_GPU names is there, it takes the file away, and from now on the device is lost in this
 * process, in the words of the specification: VK_ERROR_DEVICE_LOST from everything that submits, waits, acquires or
 * presents.
 *
 * To the file that KNYTT_GPU_TIMES names it adds a line for each submission, acquired picture and presentation: the
 * function's name, and when it was called and returned, in nanoseconds since 1970.
 *
 * The functions take their arguments as six machine words: on the 64-bit machines that this runs on, integers and
 * pointers travel in the same registers whatever their width. */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef void (*function)(void);
typedef long (*call)(long, long, long, long, long, long);
typedef function (*get)(void *, const char *);

static const long DEVICE_LOST = -4;
static volatile int is_lost;
static get next_of_instance, next_of_device;

static int lost(void) {
    const char *file = getenv("KNYTT_LOSE_GPU");
    if (!is_lost && file && unlink(file) == 0) is_lost = 1;
    return is_lost;
}

static void *driver(void) {
    static void *library;
    if (!library) library = dlopen(getenv("KNYTT_GPU_DRIVER"), RTLD_NOW | RTLD_LOCAL);
    return library;
}

static long long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* Waiting is no step of a frame; all else is noted. */
static void note(const char *name, long long begun) {
    static int times = -2;
    char line[96];
    if (times == -2) {
        const char *file = getenv("KNYTT_GPU_TIMES");
        times = file ? open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
    }
    if (times < 0 || !strncmp(name, "vkWait", 6)) return;
    int length = snprintf(line, sizeof line, "%s %lld %lld\n", name, begun, now());
    if (write(times, line, length) != length) abort();
}

#define LOSES(name)                                                                       \
    static call next_##name;                                                              \
    static long name(long a, long b, long c, long d, long e, long f) {                    \
        if (lost()) return DEVICE_LOST;                                                   \
        long long begun = now();                                                          \
        int result = (int)next_##name(a, b, c, d, e, f);                                  \
        note(#name, begun);                                                               \
        return result;                                                                    \
    }
#define ALL(each)                                                                         \
    each(vkQueueSubmit) each(vkQueueSubmit2) each(vkQueueSubmit2KHR) each(vkWaitForFences) \
    each(vkWaitSemaphores) each(vkWaitSemaphoresKHR) each(vkAcquireNextImageKHR)          \
    each(vkQueuePresentKHR)
ALL(LOSES)

static function wrapped(const char *asked, function found) {
#define WRAP(name)                                                                        \
    if (found && !strcmp(asked, #name)) {                                                 \
        next_##name = (call)found;                                                        \
        return (function)name;                                                            \
    }
    ALL(WRAP)
    return found;
}

static function of_device(void *device, const char *name) { return wrapped(name, next_of_device(device, name)); }

function vk_icdGetInstanceProcAddr(void *instance, const char *name) {
    if (!next_of_instance) next_of_instance = (get)dlsym(driver(), "vk_icdGetInstanceProcAddr");
    function found = next_of_instance(instance, name);
    if (found && !strcmp(name, "vkGetDeviceProcAddr")) {
        next_of_device = (get)found;
        return (function)of_device;
    }
    return wrapped(name, found);
}

int vk_icdNegotiateLoaderICDInterfaceVersion(unsigned *version) {
    int (*next)(unsigned *) = (int (*)(unsigned *))dlsym(driver(), "vk_icdNegotiateLoaderICDInterfaceVersion");
    return next(version);
}

function vk_icdGetPhysicalDeviceProcAddr(void *instance, const char *name) {
    get next = (get)dlsym(driver(), "vk_icdGetPhysicalDeviceProcAddr");
    return next ? next(instance, name) : NULL;
}
