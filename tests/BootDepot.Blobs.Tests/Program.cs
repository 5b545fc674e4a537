using System.Threading.Tasks;
using Xunit.MicrosoftTestingPlatform;

namespace BootDepot.Blobs.Tests;

internal static class Program
{
    public static Task<int> Main(string[] args) =>
        args is [WriterProcess.Verb, ..]
            ? WriterProcess.RunAsync(args)
            : TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
}
