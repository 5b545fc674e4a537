using System.Threading.Tasks;
using Xunit.MicrosoftTestingPlatform;

namespace BootDepot.Transfers.Tests;

internal static class Program
{
    public static Task<int> Main(string[] args) =>
        args is [FetchProcess.Verb, ..]
            ? FetchProcess.RunAsync(args)
            : TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
}
