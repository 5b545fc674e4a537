using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BootDepot.Catalog.Uploads;

internal sealed class UploadFactsConfiguration : IEntityTypeConfiguration<UploadFacts>
{
    public void Configure(EntityTypeBuilder<UploadFacts> builder)
    {
        builder.ToTable("UploadFacts");
        builder.HasKey(u => u.FileId);
        builder.Property(u => u.FileId).ValueGeneratedNever();
        builder.HasOne(u => u.File).WithOne().HasForeignKey<UploadFacts>(u => u.FileId).OnDelete(DeleteBehavior.Cascade);
        builder.Property(u => u.ConvertTo).HasMaxLength(MaxLengths.Name);
        builder.Property(u => u.FaultCode).HasMaxLength(MaxLengths.Code);
        builder.Property(u => u.RightType).HasMaxLength(MaxLengths.Name);
    }
}
