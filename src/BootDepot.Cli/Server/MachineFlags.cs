using System;
using System.CommandLine;
using System.Globalization;
using System.Net;
using BootDepot.Cli.Output;
using BootDepot.Images;
using BootDepot.Rack.Hosting;

namespace BootDepot.Cli.Server;

/// <summary>How a rack serves machines: flags of <c>rack</c>, and with another beginning of <c>region --with-rack</c>.</summary>
/// <param name="start">What their names begin with.</param>
/// <param name="when">What their descriptions begin with.</param>
internal sealed class MachineFlags(string start, string when)
{
    private readonly Option<string> _http = new(start + "http")
    {
        Description = when + "Address for machines over HTTP.",
        HelpName = "URL",
        DefaultValueFactory = _ => $"http://[::]:{RackOptions.DefaultPort}",
    };

    private readonly Option<string?> _tftp = new(start + "tftp")
    {
        Description = when + "Address for machines over TFTP, as 0.0.0.0:69. Default: no TFTP.",
        HelpName = "ADDRESS:PORT",
    };

    private readonly Option<string?> _advertise = new(start + "advertise")
    {
        Description = when + "Address by which machines reach its HTTP: it goes into boot scripts. Default: this host's name.",
        HelpName = "URL",
    };

    private readonly Option<string?> _loaders = new(start + "loaders")
    {
        Description = when + "Folder with boot loaders that the region does not offer.",
        HelpName = "DIR",
    };

    private readonly Option<string?> _installer = new(start + "installer")
    {
        Description = when + "Folder of the installer, ARCH/boot-kernel and ARCH/boot-initrd.",
        HelpName = "DIR",
    };

    private readonly Option<int> _menu = new(start + "menu-seconds")
    {
        Description = when + "How long the boot menu waits for a choice before the machine boots its next device.",
        HelpName = "N",
        DefaultValueFactory = _ => 30,
    };

    private readonly Option<string> _parameters = new(start + "kernel-parameters")
    {
        Description = when + "Words for every kernel's command line, before those of an assignment, as 'console=ttyS0,115200'.",
        HelpName = "WORDS",
        DefaultValueFactory = _ => "",
    };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _http, _tftp, _advertise, _loaders, _installer, _menu, _parameters })
            command.Add(option);
    }

    /// <summary>The options with what the flags say.</summary>
    /// <exception cref="CommandFailure"><c>option-invalid</c>.</exception>
    public RackOptions Apply(CommandHost host, ParseResult p, RackOptions options) => options with
    {
        Http = p.GetValue(_http)!,
        Tftp = p.GetValue(_tftp) is { } endpoint ? ParseEndPoint(endpoint) : null,
        Advertise = p.GetValue(_advertise) is { } url ? RackCommand.ParseUrl(_advertise.Name, url) : null,
        LoaderFolder = p.GetValue(_loaders) is { } loaders ? host.FullPath(loaders) : null,
        InstallerFolder = p.GetValue(_installer) is { } installer ? host.FullPath(installer) : null,
        MenuTime = ParseSeconds(p.GetValue(_menu)),
        KernelParameters = p.GetValue(_parameters)!,
    };

    private TimeSpan ParseSeconds(int seconds) =>
        seconds is >= 1 and <= 3600
            ? TimeSpan.FromSeconds(seconds)
            : throw new CommandFailure(new Fault("option-invalid", string.Create(CultureInfo.InvariantCulture, $"{_menu.Name} needs 1 to 3600 seconds, not {seconds}.")));

    private IPEndPoint ParseEndPoint(string text) =>
        IPEndPoint.TryParse(text, out var endpoint)
            ? endpoint
            : throw new CommandFailure(new Fault("option-invalid", $"{_tftp.Name} needs an address and a port, as 0.0.0.0:69, not '{text}'."));
}
